"""A new source from its name and address: a spider to be filled in, a folder for pages, a test that fails."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scrapers.errors import UsageError
from scrapers.fixtures import EXPECTED, META, Fixture, fixtures

PROJECT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")

SPIDER = '''"""{title}: say in one line what is read here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Page, text_of
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window


class {class_name}(SourceSpider):
    """Say what a page of it holds, and in which order."""

    source = Source(
        name="{name}",
        title="{title}",
        platform="{name}",
        mode="terms",  # open, terms, own or import: what do its terms allow?
        homepage="{url}",
        terms_url="{root}/terms",  # where its terms stand
        terms_note="What the terms say of automated reading, and the day on which you read them.",
        frame="full",  # or `query`, with frame_query
        side="request",  # or `offer`
        engagement="gig",
        verified=False,  # True once a real page was read
    )
    root = "{root}"

    def starts(self, window: Window) -> Iterable[str]:
        """The first page."""
        yield f"{{self.root}}{path}"

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Each job of the page is a listing."""
        jobs = page.html.css(".job")  # the selector of one job
        if not jobs:
            refuse(page, ".job is missing")
        for job in jobs:
            yield self.listing(
                page,
                native_id=job.attributes.get("data-id"),
                title=text_of(job.css_first("h2")),
                description=text_of(job.css_first("p")),
                price_raw=text_of(job.css_first(".price")),
                posted_raw=text_of(job.css_first("time")),
                posted_origin="page",
            )
'''


def create(name: str, url: str, *, now: datetime, project: Path = PROJECT) -> list[Path]:
    """Write the files of a new source.

    Args:
        name: Short key: small letters, digits, underscores.
        url: Address of its list of jobs or offers.
        now: When the page is saved (UTC), until you put the true time into its `.meta.json`.
        project: Root of the clone.

    Returns:
        The files that were written: spider, page (empty), its address and time.

    Raises:
        UsageError: The name does not fit or exists, or the address is none.
    """
    parts = urlsplit(url)
    if not _NAME.fullmatch(name) or name == "base":
        raise UsageError(f"{name!r} cannot name a source", "use small letters, digits and underscores")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no web address", "give the full address of its list, with https://")
    spider = project / "scrapers" / "spiders" / f"{name}.py"
    folder = project / "tests" / "fixtures" / name
    if spider.exists() or folder.exists():
        raise UsageError(f"a source {name} exists already", f"look at {spider}")
    words = name.split("_")
    text = SPIDER.format(
        name=name,
        class_name="".join(word.capitalize() for word in words),
        title=" ".join(word.capitalize() for word in words),
        url=url,
        root=f"{parts.scheme}://{parts.netloc}",
        path=parts.path or "/",
    )
    folder.mkdir(parents=True)
    spider.write_text(text, encoding="utf-8")
    page, meta = folder / "list.html", folder / f"list{META}"
    page.write_text("", encoding="utf-8")
    meta.write_text(
        json.dumps({"url": url, "fetched_at": now.isoformat()}, indent=1) + "\n", encoding="utf-8"
    )
    (folder / f"list{EXPECTED}").write_text(
        json.dumps({"page": "done", "listings": ["run `gigs accept` when the preview is right"]}) + "\n",
        encoding="utf-8",
    )
    return [spider, page, meta]


def saved_pages(name: str, project: Path = PROJECT) -> list[Fixture]:
    """Saved pages of a source.

    Raises:
        UsageError: There is none.
    """
    found = [item for item in fixtures(project / "tests" / "fixtures") if item.source == name]
    if not found:
        raise UsageError(
            f"no page of {name} is saved",
            f"save one as tests/fixtures/{name}/list.html, with list{META} beside it",
        )
    return found
