"""The demo: simulated marketplaces are collected, loaded, transformed and published, all on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from dags.collecting import collect_and_bring_in
from dags.importing import Imported, import_files
from dags.pipeline import build_and_publish
from dags.progress import say
from scrapers.errors import UsageError
from scrapers.imports.mapping import find_mapping
from scrapers.simulated.markets import write_markets
from scrapers.simulated.planted import DEFAULT_UNTIL
from scrapers.simulated.server import SimulatedServer
from transform.build import parsed_meanwhile
from warehouse import home
from warehouse.connect import working
from warehouse.landing import landed_runs, read_facts
from warehouse.load import Counts
from warehouse.releases import Release

LISTINGS = 8_000
SEED = 1
CRAWLED = ("hackernews", "weworkremotely", "remoteok")
"""Simulated marketplaces that are collected over HTTP by the very spiders; the others come as files."""
DAYS_BEFORE = (4, 2, 0)
"""Days before the last one on which they are collected."""


def run_demo(*, listings: int = LISTINGS, seed: int = SEED) -> Release:
    """Fill the data folder with simulated listings and publish them.

    Args:
        listings: Different listings of the simulated files, roughly.
        seed: Seed of the market; the same seed gives the same listings.

    Raises:
        UsageError: The data folder holds real listings; they are not mixed with simulated ones.
        LockedError: Another run is working on the same data.
    """
    _refuse_real_data()
    with parsed_meanwhile():
        collect_simulated(seed)
        import_simulated(listings, seed)
    with working():
        say("Building the tables and checking them ...")
        built, release = build_and_publish()
    say(f"Built {built.n_models} models and passed {built.n_tests} tests in {built.seconds} s.")
    say(f"Published {release.release_id}: {release.facts['n_listings']:,} simulated listings.")
    return release


def collect_simulated(seed: int) -> None:
    """Run the spiders against a local server that speaks their sources' formats, and load what they find.

    They come on several days: some listings are new then, some have changed, some are gone.
    """
    with SimulatedServer(seed=seed) as server:
        say(f"Collecting {', '.join(CRAWLED)} from a simulated server at {server.url} ...")
        for before in DAYS_BEFORE:
            day = DEFAULT_UNTIL - timedelta(days=before)
            server.move_to(day)
            for name in CRAWLED:
                brought = collect_and_bring_in(
                    name, now=datetime.combine(day, time(), UTC), base_url=server.url
                )
                if brought.counts is None:
                    reasons = [alarm["message"] for alarm in brought.run.summary.alarms if alarm["holds"]]
                    told = f"held back: {'; '.join(reasons)}" if reasons else "collected before; nothing new"
                else:
                    told = _parts(brought.counts)
                say(f"  {day} {name}: {told}")


def import_simulated(listings: int, seed: int) -> None:
    """Import the simulated marketplaces that come as files, each in a format of its own."""
    with TemporaryDirectory(prefix="gigs-demo-") as folder:
        say("Writing the files of simulated marketplaces ...")
        for file in write_markets(Path(folder), listings=listings, seed=seed):
            say(f"Importing {file.path.name} ...")
            (result,) = import_files([file.path], find_mapping(file.dataset, home.datasets()))
            say(f"  {_parts(result)}")


def _parts(counts: Counts | Imported) -> str:
    return (
        f"{counts.n_seen:,} seen = {counts.n_new:,} new + {counts.n_repeated:,} repeated"
        f" + {counts.n_changed:,} changed + {counts.n_quarantined:,} quarantined"
    )


def _refuse_real_data() -> None:
    real = [folder for folder in landed_runs() if not read_facts(folder)["source"]["is_simulated"]]
    if real:
        raise UsageError(
            f"{home.home()} holds real listings ({len(real)} runs); the demo does not mix with them",
            "run it in a folder of its own: GIGS_HOME=/some/other/folder gigs demo",
        )
