"""Collect one source: run its spider in a child process, and hand over what it found in batches."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from filelock import FileLock, Timeout

from scrapers.batch import REJECT_SCHEMA, SCHEMA, Batch, frame_of
from scrapers.errors import ConfigError, GigsError, LockedError, PolicyError
from scrapers.journal import Journal
from scrapers.permission import AGENT, Settings, require
from scrapers.plan import CrawlPlan
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window, as_simulated, spider_class
from scrapers.summary import RunSummary, summarise

OPEN_FOR = timedelta(days=1)
"""A run that did not finish is continued for a day; then it is closed as partial and a new one begins."""
BATCH_PAGES = 50


@dataclass(frozen=True)
class Collected:
    """A run that has ended, and what it found.

    Attributes:
        source: Facts of the source, marked as simulated where its pages were.
        summary: What happened.
        home: Data folder.
        is_landed: Whether landing took it before; then there are no batches left.
    """

    source: Source
    summary: RunSummary
    home: Path
    is_landed: bool = False

    def batches(self) -> Iterator[Batch]:
        """Listings and rejects of the run; readable again until `landed` was called."""
        journal = _journal(self.home)
        try:
            pages: list[dict[str, Any]] = []
            for payload in journal.payloads(self.summary.run_id):
                pages.append(payload)
                if len(pages) == BATCH_PAGES:
                    yield _batch(pages)
                    pages = []
            if pages:
                yield _batch(pages)
        finally:
            journal.close()

    def landed(self) -> None:
        """Landing has taken the batches: the journal lets go of them."""
        journal = _journal(self.home)
        journal.landed(self.summary.run_id, datetime.fromisoformat(self.summary.finished_at))
        journal.close()


def collect(
    source_name: str,
    *,
    home: Path,
    now: datetime,
    since: datetime | None = None,
    base_url: str | None = None,
    platform: str | None = None,
    settings: Settings | None = None,
    limits: dict[str, Any] | None = None,
) -> Collected:
    """Fetch what a source shows now, or continue the run that was interrupted.

    Args:
        source_name: Name of a spider.
        home: Data folder (journal and archives lie in it).
        now: The run's time (UTC); names the run and ends its time window.
        since: Start of the time window; default is what the spider looks back.
        base_url: Address of a simulated marketplace on this machine that speaks the source's format.
        platform: Key of the simulated marketplace; default is `simulated_` and the source's name.
        settings: What the operator has written down; default is the `config.toml` of the data folder.
        limits: Bounds of the gate that differ from the usual ones (`scrapers.gate.limits.Limits`).

    Returns:
        The run, with its summary and batches. A run that has landed already is returned without batches, and
        nothing is fetched.

    Raises:
        PolicyError: The source may not be fetched.
        ConfigError: No contact is set for the user agent, or the configuration is wrong.
        LockedError: Another run collects the same source.
        GigsError: The crawl process failed.
    """
    spider = spider_class(source_name)
    settings = settings or Settings.load(home / "config.toml")
    source = _source(spider, settings, now, base_url, platform)
    token = None if base_url else settings.token(source_name)
    if spider.needs_token and not (token or base_url):
        raise ConfigError(
            f"{source.title} is read through its official interface, which needs your own API token",
            f"write it as api_key below [sources.{source_name}] in config.toml",
        )
    plan = CrawlPlan(
        spider=source_name,
        source=source.name,
        platform=source.platform,
        run_id="",
        home=str(home),
        since=(since or now - timedelta(days=spider.days_back)).isoformat(),
        until=now.isoformat(),
        root=base_url,
        user_agent=AGENT if base_url else settings.user_agent(),
        token=token,
        limits=(
            {"page_budget": min(settings.daily_pages, spider.page_budget)} if settings.daily_pages else {}
        )
        | (limits or {}),
    )
    lock = FileLock(home / "collecting" / f"{source_name}.lock")
    (home / "collecting").mkdir(parents=True, exist_ok=True)
    try:
        with lock.acquire(timeout=0):
            return _collect(plan, spider, source, now)
    except Timeout as error:
        raise LockedError(
            f"another run collects {source_name}", "wait for it to end, or look at `gigs status`"
        ) from error


def _collect(plan: CrawlPlan, spider: type[SourceSpider], source: Source, now: datetime) -> Collected:
    home = Path(plan.home)
    journal = _journal(home)
    try:
        run_id = _run_to_work_on(journal, source.name, now)
        if journal.run(run_id) is None:
            journal.begin(run_id, source.name, now, {"root": plan.root, "since": plan.since})
            journal.carry_over(source.name, run_id, now - OPEN_FOR)
        run = journal.run(run_id)
        if run is not None and run["finished_at"] is None:
            began = time.monotonic()
            _run_child(replace(plan, run_id=run_id))
            summary = summarise(
                journal,
                run_id,
                source.name,
                spider.parser,
                now,
                seconds=time.monotonic() - began,
                expected=spider.source.expected_daily,
            )
            told = json.dumps(asdict(summary))
            journal.finish(run_id, now, summary.outcome, told, summary.is_held)
        ended = journal.run(run_id)
        is_landed = ended is not None and ended["landed_at"] is not None
        return Collected(source, RunSummary.load(journal, run_id), home, is_landed)
    finally:
        journal.close()


def held(name: str, home: Path, *, spider: str | None = None) -> list[Collected]:
    """Runs of a source that wait for somebody to look at their alarms, oldest first.

    Args:
        name: Name of the source.
        home: Data folder.
        spider: Name of its spider, where it differs (simulated sources).
    """
    journal = _journal(home)
    try:
        source = spider_class(spider or name).source
        return [Collected(source, RunSummary.load(journal, run_id), home) for run_id in journal.held(name)]
    finally:
        journal.close()


def accept(run: Collected, now: datetime, why: str) -> None:
    """Mark what a held run's alarms found as a real change of the source, so that the run may land."""
    journal = _journal(run.home)
    journal.accept(run.summary.run_id, now, why)
    journal.close()


def preview(source_name: str, *, now: datetime, since: datetime | None = None) -> list[str]:
    """Addresses that a run would begin with; nothing is fetched."""
    spider = spider_class(source_name)
    return list(spider().starts(Window(since or now - timedelta(days=spider.days_back), now)))


def _run_to_work_on(journal: Journal, name: str, now: datetime) -> str:
    """The run to be continued or landed, or a new one."""
    waiting = journal.unlanded(name)
    if waiting is not None:
        is_stale = now - datetime.fromisoformat(waiting["started_at"]) > OPEN_FOR
        if waiting["finished_at"] or not is_stale:
            return str(waiting["run_id"])
    return f"{name}-{now:%Y%m%dT%H%M%S}Z"


def _run_child(plan: CrawlPlan) -> None:
    """Run the crawl in a process that ends with this one (its standard input closes then)."""
    with subprocess.Popen(
        [sys.executable, "-m", "scrapers.crawl"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            if child.stdin is None or child.stderr is None:
                raise OSError("the crawl's process has no pipes")
            child.stdin.write(plan.to_json() + "\n")
            child.stdin.flush()
            said = child.stderr.read().strip().splitlines()[-1:]
        except BaseException:
            child.kill()
            raise
    if child.returncode != 0:
        reason = f": {said[0][:300]}" if said else ""
        raise GigsError(
            f"the crawl of {plan.source} stopped with code {child.returncode}{reason}",
            "its pages so far are kept; run the same command again to continue",
        )


def _source(
    spider: type[SourceSpider], settings: Settings, now: datetime, base_url: str | None, platform: str | None
) -> Source:
    """The source's facts, once it is clear that it may be fetched."""
    if base_url is None:
        require(spider.source, settings, now.date())
        return spider.source
    if urlsplit(base_url).hostname not in ("127.0.0.1", "::1", "localhost"):
        raise PolicyError(f"{base_url} is not on this machine", "simulated sources are served on 127.0.0.1")
    return as_simulated(spider.source, platform)


def _journal(home: Path) -> Journal:
    return Journal(home / "collecting" / "journal.sqlite")


def _batch(pages: list[dict[str, Any]]) -> Batch:
    listings: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    offset = 0
    for page in pages:
        top = 0
        for line, values in page["listings"]:
            top = max(top, line)
            at = values.get("observed_at")
            listings.append(
                {"line": offset + line, "skills": []}
                | values
                | {"observed_at": datetime.fromisoformat(at) if at else None}
            )
        for line, name, reason in page["rejects"]:
            top = max(top, line)
            rejects.append({"line": offset + line, "field": name, "reason": reason})
        offset += top
    columns = {name: [row.get(name) for row in listings] for name in SCHEMA}
    return Batch(frame_of(columns), pl.DataFrame(rejects, schema=REJECT_SCHEMA))
