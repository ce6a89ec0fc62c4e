"""Read archives again with today's parsers: own ones, Common Crawl's, Wayback exports, all the same way."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from scrapers.archive import SOURCE_HEADER, Skipped, read
from scrapers.batch import REJECT_SCHEMA, Batch, batch_of
from scrapers.journal import Journal, Outcome
from scrapers.listing import Listing
from scrapers.page import Page, Reject
from scrapers.reading import judge
from scrapers.register import content_hash
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, spider_class, spider_names

SIMULATED = "simulated_"
BATCH_LISTINGS = 5_000


@dataclass
class Replayed:
    """What a replay found in one source's pages.

    Attributes:
        source: Facts of the source.
        parser: Version of its parser.
        pages: Pages by what became of them.
        refusals: Pages that were not read, by reason.
        listings: Listings by comparison with what the journal last saw: new, changed, same.
        rejects: Rejected records by reason.
    """

    source: Source
    parser: str
    pages: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    listings: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain data."""
        counts = {name: dict(getattr(self, name)) for name in ("pages", "refusals", "listings", "rejects")}
        return {"source": self.source.name, "parser": self.parser} | counts


class Replay:
    """Reads archive files and sorts what they hold by source.

    Args:
        paths: WARC files.
        only: Name of a source; pages of others are left out.
    """

    def __init__(self, paths: list[Path], only: str | None = None) -> None:
        self.paths = paths
        self.only = only
        self.skipped: Counter[str] = Counter()
        self.n_bytes = 0

    def outcomes(self) -> Iterator[tuple[SourceSpider, Outcome]]:
        """Each page that belongs to a source, as today's parser judges it."""
        for path in self.paths:
            for page in read(path):
                if isinstance(page, Skipped):
                    self.skipped[page.reason] += 1
                    continue
                self.n_bytes += len(page.body)
                if page.path == "/robots.txt" or page.status in range(300, 400):
                    continue
                spider = spider_for(page)
                if spider is None or self.only not in (None, spider.source.name):
                    self.skipped["the page belongs to no source" if spider is None else "another source"] += 1
                    continue
                yield spider, judge(spider, page)

    def batches(self, found: dict[str, Replayed], home: Path) -> Iterator[tuple[str, Batch]]:
        """Listings of all pages in batches, each of one source, counted into `found` as they pass."""
        journal = Journal(home / "collecting" / "journal.sqlite")
        waiting: dict[str, list[tuple[int, Listing | Reject]]] = {}
        last: Counter[str] = Counter()
        for spider, outcome in self.outcomes():
            name = spider.source.name
            told = found.setdefault(name, Replayed(spider.source, spider.parser))
            told.pages[outcome.state] += 1
            if outcome.reason:
                told.refusals[f"{outcome.kind}: {outcome.reason}"] += 1
            told.listings.update(_compared(journal, name, outcome))
            told.rejects.update(reject.reason for _, reject in outcome.rejects)
            rows = waiting.setdefault(name, [])
            rows += [(last[name] + line, item) for line, item in outcome.listings]
            rows += [(last[name] + line, reject) for line, reject in outcome.rejects]
            last[name] += len(outcome.listings) + len(outcome.rejects)
            if len(rows) >= BATCH_LISTINGS:
                yield name, _batch(waiting.pop(name))
        journal.close()
        for name, rows in waiting.items():
            yield name, _batch(rows)


@cache
def _by_host() -> dict[str, str]:
    hosts: dict[str, str] = {}
    for name in spider_names():
        spider = spider_class(name)
        for host in (urlsplit(spider.root).netloc, *spider.hosts, *spider.archived_hosts):
            hosts[host.removeprefix("www.")] = name
    return hosts


def spider_for(page: Page) -> SourceSpider | None:
    """The spider that reads a page: by the source in its archive record, else by its host."""
    written = page.headers.get(SOURCE_HEADER) or ""
    name = written.removeprefix(SIMULATED)
    if name in spider_names():
        return _simulated(name, written, page) if written != name else _spider(name)
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    found = _by_host().get(host)
    return _spider(found) if found else None


@cache
def _spider(name: str) -> SourceSpider:
    return spider_class(name)()


def _simulated(name: str, written: str, page: Page) -> SourceSpider:
    parts = urlsplit(page.url)
    return spider_class(name)(root=f"{parts.scheme}://{parts.netloc}", platform=written)


def run_id(paths: list[Path], source: str, parser: str) -> str:
    """Name of a replay: the same files read by the same parser are the same run."""
    digest = hashlib.sha256(parser.encode())
    for path in sorted(paths):
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"replay-{source}-{digest.hexdigest()[:16]}"


def _compared(journal: Journal, source: str, outcome: Outcome) -> Counter[str]:
    counts: Counter[str] = Counter()
    known = journal.register.known(source, [item for _, item in outcome.listings])
    for _, item in outcome.listings:
        before = known.get(item.native_id or "")
        counts["new" if before is None else "same" if before[0] == content_hash(item) else "changed"] += 1
    return counts


def _batch(rows: list[tuple[int, Listing | Reject]]) -> Batch:
    rejects = [
        {"line": line, "field": item.field, "reason": item.reason}
        for line, item in rows
        if isinstance(item, Reject)
    ]
    listings = [(line, item) for line, item in rows if isinstance(item, Listing)]
    return batch_of(listings, pl.DataFrame(rejects, schema=REJECT_SCHEMA))
