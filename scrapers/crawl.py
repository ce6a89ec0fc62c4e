"""One crawl in a process of its own: Scrapy fetches through the gate, a reader beside it parses, the journal
remembers.

Started by `scrapers.collect` as `python -m scrapers.crawl` with a `CrawlPlan` as JSON on standard input (the
event loop of Scrapy cannot be started twice in one process).
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError

from scrapers.archive import Archive
from scrapers.gate.addresses import AddressBook
from scrapers.gate.gate import Gate, simulated_limits
from scrapers.gate.hosts import HostStore
from scrapers.gate.limits import Limits
from scrapers.gate.refusal import GateRefusal
from scrapers.journal import Journal, Outcome
from scrapers.page import Page
from scrapers.permission import AGENT
from scrapers.plan import CrawlPlan
from scrapers.reader import Reader
from scrapers.spiders.base import SourceSpider, Window, spider_class

IN_FLIGHT = 32
UNREAD = 32
_LOCAL_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.ENOMEM)


class Crawl(scrapy.Spider):
    """Scrapy's side of a crawl: asks for the journal's waiting pages and writes what became of them."""

    name = "crawl"

    def __init__(
        self,
        plan: CrawlPlan,
        spider: SourceSpider,
        journal: Journal,
        reader: Reader,
        crashes: list[BaseException],
    ) -> None:
        super().__init__()
        self.plan = plan
        self.spider = spider
        self.journal = journal
        self.reader = reader
        self.in_flight: set[str] = set()
        self.unread: set[str] = set()
        self.progress = asyncio.Event()
        self.closed: str | None = None
        self.crashes = crashes

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Requests for the pages that wait, a few at a time, until none is left or the host is closed."""
        self.reader.tell(self._was_read)
        try:
            async for request in self._requests():
                yield request
        except Exception as error:
            self._stop(error)

    async def _requests(self) -> AsyncIterator[scrapy.Request]:
        window = Window(datetime.fromisoformat(self.plan.since), datetime.fromisoformat(self.plan.until))
        self.journal.add_pages(self.plan.run_id, self.spider.starts(window))
        self.journal.add_pages(self.plan.run_id, self._revisits(window.until))
        while self.closed is None:
            self.progress.clear()
            for url in self.journal.waiting(self.plan.run_id, IN_FLIGHT + UNREAD):
                if len(self.unread) >= UNREAD or len(self.in_flight) >= IN_FLIGHT:
                    break
                if url not in self.in_flight and url not in self.unread:
                    try:
                        request = self._request(url)
                    except ValueError:  # a page may lead anywhere, also to what is no address
                        self._close(url, Outcome("refused", kind="address", reason="it is malformed"))
                        continue
                    self.in_flight.add(url)
                    yield request
            if self.in_flight or self.unread:
                await self.progress.wait()
            elif not self.journal.waiting(self.plan.run_id, 1):
                return

    def _revisits(self, now: datetime) -> list[str]:
        """Pages of known listings that are due to be looked at again: changed, unchanged or gone?"""
        if not self.spider.revisit_days:
            return []
        due = self.journal.register.due(
            self.plan.source, self.spider.revisit_days, now, self.spider.page_budget // 2
        )
        return [self.spider.root + urlsplit(url).path for url in due]

    def _request(self, url: str) -> scrapy.Request:
        asking = self.spider.asking(url)
        headers = asking.pop("headers", {})
        known = self.journal.validator(self.plan.source, url)
        if known and known["etag"]:
            headers["If-None-Match"] = known["etag"]
        if known and known["last_modified"]:
            headers["If-Modified-Since"] = known["last_modified"]
        return scrapy.Request(
            url, headers=headers, errback=self.failed, dont_filter=True, meta={"journal_url": url}, **asking
        )

    def _stop(self, error: BaseException) -> None:
        """The crawl itself failed, not a page: what is journalled stays, and the process ends with a code."""
        self.crashes.append(error)
        self.closed = type(error).__name__
        self.progress.set()

    def parse(self, response: Any) -> None:
        """Hand a response to the reader."""
        names = response.headers
        page = Page(
            url=response.url,
            body=response.body,
            fetched_at=self._clock(response),
            status=response.status,
            headers={
                name.decode().lower(): b", ".join(names.getlist(name)).decode("latin-1") for name in names
            },
        )
        url = response.meta["journal_url"]
        self.in_flight.discard(url)
        self.unread.add(url)
        try:
            self.reader.read(url, page, response.meta.get("download_latency"))
        except Exception as error:
            self._stop(error)
        self.progress.set()

    def _was_read(self, url: str, error: BaseException | None) -> None:
        self.unread.discard(url)
        if error is not None:
            self._stop(error)
        self.progress.set()

    def _clock(self, response: Any) -> datetime:
        """When the response came; a simulated source lives in the simulated time of the run."""
        if self.plan.root:
            return datetime.fromisoformat(self.plan.until)
        moment: datetime = response.meta["fetched_at"]
        return moment

    def failed(self, failure: Any) -> None:
        """Write down why a page could not be fetched."""
        try:
            self._fail(failure.request.meta["journal_url"], failure.value)
        except Exception as error:
            self._stop(error)

    def _fail(self, url: str, error: BaseException) -> None:
        if isinstance(error, OSError) and error.errno in _LOCAL_TROUBLE:
            raise error
        if isinstance(error, GateRefusal):
            if not error.is_final:
                self.closed = error.reason
            state = "refused" if error.is_final else "waiting"
            self._close(url, Outcome(state, kind=error.kind, reason=error.reason, was_tried=error.is_final))
        else:
            self._close(url, Outcome("retry", kind="failed", reason=_in_words(error)))

    def _close(self, url: str, outcome: Outcome) -> None:
        self.journal.commit(self.plan.run_id, self.plan.source, url, outcome)
        self.in_flight.discard(url)
        self.progress.set()


_WORDS = (
    (socket.gaierror, "the host name cannot be looked up"),
    (TimeoutError, "no answer in time"),
    (CannotResolveHostError, "the host name cannot be looked up"),
    (DownloadConnectionRefusedError, "the host refuses the connection"),
    (DownloadFailedError, "the connection broke, or the answer is damaged"),
)


def _in_words(error: BaseException) -> str:
    """Why a fetch failed, without an address in it, so that failures of one kind count together."""
    return next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)


def gate_of(plan: CrawlPlan, spider: SourceSpider, archive: Archive) -> Gate:
    """The gate of a crawl: the source's hosts, pace and budget; or the simulated source's address only."""
    limits = Limits(delay=max(spider.delay, Limits.delay), page_budget=spider.page_budget)
    if plan.root:
        limits = simulated_limits(limits)
    parts = urlsplit(plan.root or spider.root)
    return Gate(
        AGENT,
        [parts.netloc] if plan.root else [parts.netloc, *spider.hosts],
        limits=replace(limits, **plan.limits),
        store=HostStore(Path(plan.home) / "collecting" / "hosts.sqlite"),
        book=AddressBook(own_host=parts.hostname if plan.root else None),
        witness=archive.write,
    )


def settings_of(plan: CrawlPlan, gate: Gate) -> dict[str, Any]:
    """Scrapy's settings: everything off that fetches, follows, retries or listens by itself."""
    handler = "scrapers.gate.handler.GatedHandler"
    off = dict.fromkeys(_FETCHING_BY_THEMSELVES)
    return {
        "GATE": gate,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler}
        | dict.fromkeys(("data", "file", "ftp", "s3")),
        "TWISTED_DNS_RESOLVER": "scrapers.gate.addresses.PinnedResolver",
        "DOWNLOADER_MIDDLEWARES": off,
        "USER_AGENT": plan.user_agent,
        "ROBOTSTXT_OBEY": False,  # the gate obeys; Scrapy's own middleware lets forbidden pages through
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_MAXSIZE": gate.limits.body,
        "DOWNLOAD_TIMEOUT": gate.limits.seconds,
        "DOWNLOAD_DELAY": 0,  # the gate keeps the pace
        "CONCURRENT_REQUESTS": IN_FLIGHT,
        "CONCURRENT_REQUESTS_PER_DOMAIN": IN_FLIGHT,
        "LOG_LEVEL": "ERROR",
        "LOGSTATS_INTERVAL": 0,
    }


_FETCHING_BY_THEMSELVES = [
    f"scrapy.downloadermiddlewares.{name}"
    for name in (
        "httpcompression.HttpCompressionMiddleware",
        "redirect.RedirectMiddleware",
        "redirect.MetaRefreshMiddleware",
        "retry.RetryMiddleware",
        "cookies.CookiesMiddleware",
        "httpproxy.HttpProxyMiddleware",
        "robotstxt.RobotsTxtMiddleware",
    )
]


def run(plan: CrawlPlan, spider: SourceSpider) -> None:
    """Crawl as planned, until nothing is left to fetch or the host is closed."""
    reader = Reader(plan, spider)  # before any file is open or loop started: it is a copy of this process
    journal = Journal(Path(plan.home) / "collecting" / "journal.sqlite")
    archive = Archive(Path(plan.home) / "archive" / plan.source, plan.run_id, plan.source, plan.user_agent)
    process = AsyncCrawlerProcess(settings_of(plan, gate_of(plan, spider, archive)))
    crashes: list[BaseException] = []
    process.crawl(Crawl, plan=plan, spider=spider, journal=journal, reader=reader, crashes=crashes)
    process.start()
    archive.close()
    journal.close()
    if crashes:
        raise crashes[0]
    reader.close()


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def main() -> None:
    """Run the plan in the first line of standard input; a failure is one line on standard error and code 1.

    When standard input closes, whoever asked for the crawl is gone, and it ends at once: what is journalled
    stays, and two crawls never work on the same run.
    """
    plan = CrawlPlan(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        run(plan, spider_class(plan.spider)(root=plan.root, platform=plan.platform, token=plan.token))
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
