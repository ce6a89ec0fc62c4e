"""The process that reads pages beside the crawl: outcomes, crashes, and pages that must not be lost."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import active_children
from pathlib import Path

from scrapers.journal import Journal
from scrapers.page import Found, Note, Page
from scrapers.plan import CrawlPlan
from scrapers.reader import Reader
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider

AT = datetime(2026, 7, 1, tzinfo=UTC)
URLS = [f"http://127.0.0.1:1/{number}" for number in range(50)]


class Reading(SourceSpider):
    """Reads anything; a page that says so ends the process or breaks the journal."""

    source = Source(name="wire", title="Wire", platform="wire", mode="open")
    root = "http://127.0.0.1:1"

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home = home

    def parse(self, page: Page) -> Iterator[Found]:
        """A note, unless the page asks for trouble."""
        if page.body == b"die":
            os._exit(3)
        if page.body == b"break":
            with sqlite3.connect(self.home / "collecting" / "journal.sqlite") as db:
                db.execute("drop table notes")
        yield Note("mark", "read")


def read(home: Path, pages: dict[str, bytes]) -> dict[str, BaseException | None]:
    """Have pages read; what was told of each address (an empty one is the whole process)."""
    plan = CrawlPlan("wire", "wire", "wire", "run", str(home), "", "")
    reader = Reader(plan, Reading(home))
    journal = Journal(home / "collecting" / "journal.sqlite")
    journal.begin("run", "wire", AT, {})
    journal.add_pages("run", pages)
    told: dict[str, BaseException | None] = {}

    async def crawl() -> None:
        changed = asyncio.Event()

        def done(url: str, error: BaseException | None) -> None:
            told[url] = error
            changed.set()

        reader.tell(done)
        for url, body in pages.items():
            reader.read(url, Page(url, body, AT), 0.5)
        while "" not in told and len(told) < len(pages):
            await changed.wait()
            changed.clear()

    asyncio.run(asyncio.wait_for(crawl(), 20))
    if "" not in told:
        reader.close()
    return told


def counts(home: Path) -> dict[str, int]:
    journal = Journal(home / "collecting" / "journal.sqlite")
    return journal.page_counts("run")


def test_every_page_is_read_once_whatever_its_size(tmp_path: Path) -> None:
    told = read(tmp_path, {url: b"x" * (1 + number * 40_000) for number, url in enumerate(URLS)})
    assert told == dict.fromkeys(URLS)
    assert counts(tmp_path) == {"done": len(URLS)}
    journal = Journal(tmp_path / "collecting" / "journal.sqlite")
    assert journal.notes("run") == {"mark": {"read": len(URLS)}}


def test_a_reader_that_dies_is_told_and_its_pages_still_wait(tmp_path: Path) -> None:
    told = read(tmp_path, {URLS[0]: b"fine", URLS[1]: b"die", URLS[2]: b"fine"})
    assert isinstance(told[""], RuntimeError)
    assert counts(tmp_path) == {"done": 1, "waiting": 2}


def test_a_journal_that_cannot_be_written_is_told_with_its_error(tmp_path: Path) -> None:
    told = read(tmp_path, {URLS[0]: b"break"})
    assert isinstance(told[URLS[0]], sqlite3.OperationalError)
    assert counts(tmp_path) == {"waiting": 1}


def test_no_reader_outlives_its_crawl(tmp_path: Path) -> None:
    read(tmp_path, {URLS[0]: b"fine"})
    assert active_children() == []
