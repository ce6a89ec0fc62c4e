"""Collect a source and bring what it found in: the way of one run from the first page to the raw tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dags.pipeline import bring_in
from scrapers.collect import Collected, collect
from scrapers.spiders.base import spider_class
from warehouse import home
from warehouse.connect import working
from warehouse.landing import Run
from warehouse.load import Counts


@dataclass(frozen=True)
class Brought:
    """A run and what loading counted; counts are null where an alarm holds the run back."""

    run: Collected
    counts: Counts | None


def collect_and_bring_in(
    name: str, *, now: datetime, since: datetime | None = None, base_url: str | None = None
) -> Brought:
    """Collect a source, and land and load the run unless an alarm holds it back.

    Raises:
        PolicyError: The source may not be fetched (exit code 7).
        ConfigError: No contact is set (exit code 3).
        LockedError: Another run collects it, or works on the data folder (exit code 8).
    """
    run = collect(name, home=home.home(), now=now, since=since, base_url=base_url)
    if run.is_landed or run.summary.is_held:
        return Brought(run, None)
    return Brought(run, bring_in_run(run, name))


def bring_in_run(run: Collected, name: str) -> Counts:
    """Land and load a run that has ended, and let the journal forget its listings."""
    facts = Run(
        run_id=run.summary.run_id,
        kind="crawl",
        file_name=None,
        started_at=datetime.fromisoformat(run.summary.started_at),
        parser_version=spider_class(name).parser,
    )
    with working():
        counts = bring_in(run.batches(), run.source, facts)
    run.landed()
    return counts


def archive_folder() -> Path:
    """Where responses are kept, one folder a source."""
    return home.home() / "archive"
