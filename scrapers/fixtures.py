"""Saved pages with the rows that a parser must find in them: how a spider is tested and accepted.

A fixture is a page as saved (`NAME.html`, `.json` or `.xml`), `NAME.meta.json` with its address and time, and
`NAME.expected.json` with what the parser finds.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapers.journal import Outcome
from scrapers.page import Page
from scrapers.reading import judge
from scrapers.spiders.base import SourceSpider, spider_class

META, EXPECTED = ".meta.json", ".expected.json"
SAME_FOR_ALL = ("platform", "observed_at", "frame", "coverage", "frame_query")
"""Fields that the source facts and the fetch time fill; expected rows need not repeat them."""


@dataclass(frozen=True)
class Fixture:
    """One saved page of a source."""

    source: str
    page_file: Path
    meta: dict[str, Any]

    @property
    def expected_file(self) -> Path:
        """Where the expected rows stand."""
        return self.page_file.with_name(self.page_file.stem + EXPECTED)

    def page(self) -> Page:
        """The page as a parser gets it."""
        return Page(
            url=self.meta["url"],
            body=self.page_file.read_bytes(),
            fetched_at=datetime.fromisoformat(self.meta["fetched_at"]),
            status=self.meta.get("status", 200),
            headers=self.meta.get("headers", {}),
        )

    def found(self) -> dict[str, Any]:
        """What today's parser finds in the page, in the form of the expected file."""
        spider: SourceSpider = spider_class(self.source)()
        return rows(judge(spider, self.page()))

    def accept(self) -> dict[str, Any]:
        """Record what today's parser finds as what it must find."""
        found = self.found()
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        self.expected_file.write_text(text, encoding="utf-8")
        return found

    def expected(self) -> dict[str, Any]:
        """What it was accepted to find."""
        accepted: dict[str, Any] = json.loads(self.expected_file.read_text(encoding="utf-8"))
        return accepted


def fixtures(folder: Path) -> list[Fixture]:
    """All saved pages below a folder that has one folder a source; sorted."""
    found = []
    for meta_file in sorted(folder.glob(f"*/*{META}")):
        stem = meta_file.name.removesuffix(META)
        page_file = next(
            (
                meta_file.with_name(stem + end)
                for end in (".html", ".json", ".xml")
                if meta_file.with_name(stem + end).exists()
            ),
            meta_file.with_name(stem + ".html"),
        )
        found.append(
            Fixture(meta_file.parent.name, page_file, json.loads(meta_file.read_text(encoding="utf-8")))
        )
    return found


def rows(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data: how the page was judged, its listings, rejects, notes and further pages."""
    said: dict[str, Any] = {"page": outcome.state}
    if outcome.reason:
        said["reason"] = f"{outcome.kind}: {outcome.reason}"
    said["listings"] = [
        {
            name: value
            for name, value in item.__dict__.items()
            if value is not None and value != [] and name not in SAME_FOR_ALL
        }
        for _, item in outcome.listings
    ]
    said["rejects"] = [
        {"line": line, "field": item.field, "reason": item.reason} for line, item in outcome.rejects
    ]
    counts = Counter(f"{note.kind}: {note.detail}" for note in outcome.notes)
    said["notes"] = dict(sorted(counts.items()))
    said["follow"] = list(outcome.follow)
    return said
