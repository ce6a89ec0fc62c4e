"""The way of a listing as plain functions: land, load, build, publish. Each step leaves something whole."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from scrapers.batch import Batch
from scrapers.collect_log import robots_rows, run_rows
from scrapers.source import Source
from transform.build import Built, build
from warehouse import home
from warehouse.collecting import keep
from warehouse.connect import working, writing
from warehouse.landing import Run, land, landed_runs
from warehouse.load import Counts, load
from warehouse.releases import Release, publish


def now() -> datetime:
    """The present moment (UTC): the only clock of the pipeline, passed down as an argument."""
    return datetime.now(UTC).replace(microsecond=0)


def bring_in(batches: Iterable[Batch], source: Source, run: Run) -> Counts:
    """Land a run and load it. Call it inside `working()`.

    Returns:
        The run's counts: seen = new + repeated + changed + quarantined.
    """
    landed = land(batches, source, run)
    with writing() as con:
        return load(con, landed.folder)


def load_landed() -> list[Counts]:
    """Load every landed run that is not loaded yet (left by a run that was interrupted)."""
    with writing() as con:
        return [counts for folder in landed_runs() if not (counts := load(con, folder)).is_repeat]


def revision() -> str | None:
    """Revision of the program when it runs from a clone, else null."""
    try:
        said = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() or None if said.returncode == 0 else None


def build_loaded(*, full_refresh: bool = False) -> Built:
    """Transform what is loaded, with what collecting wrote down. Call it inside `working()`."""
    from dags.progress import steps

    with writing() as con:
        keep(con, run_rows(home.home()), robots_rows(home.home()))
    with steps("Building") as told:
        return build(full_refresh=full_refresh, told=told)


def build_and_publish(*, full_refresh: bool = False) -> tuple[Built, Release]:
    """Transform what is loaded and publish it. Call it inside `working()`."""
    built = build_loaded(full_refresh=full_refresh)
    return built, publish(now=now(), revision=revision())


def run_all() -> tuple[list[Counts], Built, Release]:
    """Load what has landed, build, publish: the daily run."""
    with working():
        counts = load_landed()
        built, release = build_and_publish()
    return counts, built, release
