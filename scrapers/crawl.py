"""One crawl in a process of its own: Scrapy fetches through the gate, the journal remembers.

Started by `scrapers.collect` as `python -m scrapers.crawl` with a `CrawlPlan` as JSON on standard input (the
event loop of Scrapy cannot be started twice in one process).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from scrapers.archive import Archive
from scrapers.gate.addresses import AddressBook
from scrapers.gate.gate import Gate, simulated_limits
from scrapers.gate.hosts import HostStore
from scrapers.gate.limits import Limits
from scrapers.gate.refusal import GateRefusal
from scrapers.journal import Journal, Outcome
from scrapers.listing import Listing
from scrapers.page import Follow, Found, Note, Page, PageRefused, Reject
from scrapers.permission import AGENT
from scrapers.spiders.base import SourceSpider, Window, spider_class

TRIES = 3
IN_FLIGHT = 32


@dataclass(frozen=True)
class CrawlPlan:
    """What the child process is asked to do.

    Attributes:
        spider: Name of the spider.
        source: Name of the source in the journal; it differs from the spider's where the source is simulated.
        platform: Marketplace key of its listings.
        run_id: The run in the journal.
        home: Data folder.
        since: Start of the time window, ISO 8601.
        until: Its end and the run's own time.
        root: Address of the simulated source, or null for the real one.
        user_agent: How the collector names itself.
        token: The user's own API token, where the source's interface asks for one.
        limits: Bounds of the gate that differ from the usual ones.
        settings: Further Scrapy settings.
    """

    spider: str
    source: str
    platform: str
    run_id: str
    home: str
    since: str
    until: str
    root: str | None = None
    user_agent: str = AGENT
    token: str | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The plan as one JSON text."""
        return json.dumps(asdict(self))


class Crawl:
    """Hands pages to the spider's requests and writes what became of them."""

    def __init__(self, plan: CrawlPlan, journal: Journal) -> None:
        self.plan = plan
        self.journal = journal
        self.in_flight: set[str] = set()
        self.progress = asyncio.Event()
        self.closed: str | None = None

    async def requests(self, spider: SourceSpider) -> AsyncIterator[scrapy.Request]:
        """Requests for the pages that wait, a few at a time, until none is left or the host is closed."""
        window = Window(datetime.fromisoformat(self.plan.since), datetime.fromisoformat(self.plan.until))
        self.journal.add_pages(self.plan.run_id, spider.starts(window))
        while self.closed is None:
            self.progress.clear()
            for url in self.journal.waiting(self.plan.run_id, IN_FLIGHT):
                if len(self.in_flight) < IN_FLIGHT and url not in self.in_flight:
                    self.in_flight.add(url)
                    yield self._request(spider, url)
            if not self.in_flight:
                return
            await self.progress.wait()

    def _request(self, spider: SourceSpider, url: str) -> scrapy.Request:
        headers = dict(spider.headers)
        known = self.journal.validator(self.plan.source, url)
        if known and known["etag"]:
            headers["If-None-Match"] = known["etag"]
        if known and known["last_modified"]:
            headers["If-Modified-Since"] = known["last_modified"]
        return scrapy.Request(
            url,
            headers=headers,
            callback=spider.parse,
            errback=self.failed,
            dont_filter=True,
            meta={"journal_url": url},
        )

    def finish(self, spider: SourceSpider, response: Any) -> None:
        """Read a response and write its outcome."""
        url = response.meta["journal_url"]
        page = Page(
            url=response.url,
            body=response.body,
            fetched_at=self._clock(response),
            status=response.status,
            headers={
                name.decode().lower(): b", ".join(v).decode("latin-1") for name, v in response.headers.items()
            },
        )
        outcome = judge(spider, page)
        outcome.seconds = response.meta.get("download_latency")
        self._close(url, outcome)

    def _clock(self, response: Any) -> datetime:
        """When the response came; a simulated source lives in the simulated time of the run."""
        if self.plan.root:
            return datetime.fromisoformat(self.plan.until)
        return response.meta.get("fetched_at") or datetime.now(UTC)

    def failed(self, failure: Any) -> None:
        """Write down why a page could not be fetched."""
        url = failure.request.meta["journal_url"]
        error = failure.value
        if isinstance(error, GateRefusal):
            if not error.is_final:
                self.closed = error.reason
            state = "refused" if error.is_final else "waiting"
            self._close(url, Outcome(state, kind=error.kind, reason=error.reason, was_tried=error.is_final))
        else:
            self._close(url, Outcome("retry", kind="failed", reason=type(error).__name__))

    def _close(self, url: str, outcome: Outcome) -> None:
        if outcome.state == "retry":
            outcome.state = "waiting" if self._tries(url) + 1 < TRIES else "failed"
        self.journal.commit(self.plan.run_id, self.plan.source, url, outcome)
        self.in_flight.discard(url)
        self.progress.set()

    def _tries(self, url: str) -> int:
        row = self.journal.db.execute(
            "select tries from pages where run_id = ? and url = ?", (self.plan.run_id, url)
        ).fetchone()
        return int(row["tries"])


def judge(spider: SourceSpider, page: Page) -> Outcome:
    """What becomes of a response: read, unmodified, gone, refused with a reason, or to be tried again."""
    outcome = Outcome("done", status=page.status, fetched_at=page.fetched_at, size=len(page.body))
    if page.status == 304:
        outcome.state = "unmodified"
    elif page.status in (404, 410):
        outcome.state, outcome.kind, outcome.reason = "gone", "gone", f"status {page.status}"
    elif page.status in (401, 403):
        outcome.state, outcome.kind, outcome.reason = "refused", "blocked", f"status {page.status}"
    elif page.status != 200:
        outcome.state, outcome.kind, outcome.reason = "retry", "status", f"status {page.status}"
    else:
        outcome.etag = page.headers.get("etag")
        outcome.last_modified = page.headers.get("last-modified")
        try:
            gather(outcome, spider.read(page))
        except PageRefused as refused:
            outcome = _refused(page, refused.kind, refused.reason)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            outcome = _refused(
                page, "drift", f"the parser met a shape it does not know ({type(error).__name__})"
            )
    return outcome


def gather(outcome: Outcome, found: Iterable[Listing | Found]) -> None:
    """Sort what a parser yields into the outcome, counting records from 1.

    Raises:
        PageRefused: `drift` where the parser yields nothing at all, not even a reason.
    """
    line = 0
    for item in found:
        if isinstance(item, Listing):
            line += 1
            outcome.listings.append((line, item))
        elif isinstance(item, Reject):
            line += 1
            outcome.rejects.append((line, item))
        elif isinstance(item, Note):
            outcome.notes.append(item)
        elif isinstance(item, Follow):
            outcome.follow.append(item.url)
    if not (outcome.listings or outcome.rejects or outcome.notes or outcome.follow):
        raise PageRefused("drift", "nothing was found, and no reason why")


def _refused(page: Page, kind: str, reason: str) -> Outcome:
    return Outcome(
        "refused",
        kind=kind,
        reason=reason,
        status=page.status,
        fetched_at=page.fetched_at,
        size=len(page.body),
    )


def gate_of(plan: CrawlPlan, spider: type[SourceSpider], archive: Archive) -> Gate:
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
    } | plan.settings


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


def run(plan: CrawlPlan, spider: type[SourceSpider]) -> None:
    """Crawl as planned, until nothing is left to fetch or the host is closed."""
    journal = Journal(Path(plan.home) / "collecting" / "journal.sqlite")
    archive = Archive(Path(plan.home) / "archive" / plan.source, plan.run_id, plan.source, plan.user_agent)
    process = AsyncCrawlerProcess(settings_of(plan, gate_of(plan, spider, archive)))
    process.crawl(
        spider, crawl=Crawl(plan, journal), root=plan.root, platform=plan.platform, token=plan.token
    )
    process.start()
    archive.close()
    journal.close()


def main() -> None:
    """Run the plan that stands on standard input."""
    plan = CrawlPlan(**json.load(sys.stdin))
    run(plan, spider_class(plan.spider))


if __name__ == "__main__":
    main()
