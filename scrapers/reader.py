"""Reading beside fetching: a process that turns responses into outcomes while the next ones are fetched.

The crawl archives a response and hands it over; the reader parses it and writes its outcome to the journal.
A page that was handed over and not written yet is still waiting in the journal, and is fetched again if the
crawl is killed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from scrapers.journal import Journal
from scrapers.page import Page
from scrapers.plan import CrawlPlan
from scrapers.reading import judge
from scrapers.spiders.base import SourceSpider

UNDER_WAY = 3
"""Pages that lie in the pipe or are being read; more would fill the pipe and stop the fetching."""

Done = Callable[[str, BaseException | None], None]


class Reader:
    """The reading process of one crawl; made before the event loop starts, used in it.

    Args:
        plan: The crawl.
        spider: Reads the pages.
    """

    def __init__(self, plan: CrawlPlan, spider: SourceSpider) -> None:
        # Forked: the reader has the spider and the modules at once, and needs no second start of Python.
        context = multiprocessing.get_context("fork")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, self._pipe, plan, spider), daemon=True)
        self._process.start()
        far.close()
        self._queue: deque[tuple[str, Page, float | None]] = deque()
        self._under_way = 0
        self._done: Done = lambda url, error: None

    def tell(self, done: Done) -> None:
        """Name what is called, in the running event loop, when a page's outcome is written or failed."""
        self._done = done
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._told)

    def read(self, url: str, page: Page, seconds: float | None) -> None:
        """Have a response read; `url` is its address in the journal, `seconds` what fetching it took."""
        self._queue.append((url, page, seconds))
        self._send()

    def close(self) -> None:
        """Let the reader finish; all pages have been told of before."""
        self._pipe.send(None)
        self._process.join()

    def _send(self) -> None:
        while self._queue and self._under_way < UNDER_WAY:
            self._pipe.send(self._queue.popleft())
            self._under_way += 1

    def _told(self) -> None:
        try:
            while self._pipe.poll():
                url, error = self._pipe.recv()
                self._under_way -= 1
                self._done(url, error)
            self._send()
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            self._done("", RuntimeError("the process that reads pages has ended"))


def _serve(pipe: Connection, others: Connection, plan: CrawlPlan, spider: SourceSpider) -> None:
    """Read pages until the crawl says that it is over; where the crawl is gone, end at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    others.close()
    crawl = os.getppid()
    journal = Journal(Path(plan.home) / "collecting" / "journal.sqlite")
    while True:
        try:
            order = pipe.recv()
        except EOFError:
            os._exit(1)
        if order is None:
            break
        url, page, seconds = order
        try:
            outcome = judge(spider, page)
            outcome.seconds = seconds
            if os.getppid() != crawl:
                os._exit(1)
            journal.commit(plan.run_id, plan.source, url, outcome)
            pipe.send((url, None))
        except Exception as error:
            pipe.send((url, error))
    journal.close()
    os._exit(0)
