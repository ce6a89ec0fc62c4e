"""What `gigs doctor` looks at: space, settings, landing files, the build file, and the current release."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dags.settings import read_settings
from scrapers.errors import GigsError
from transform.steps.rates import cpi_us, fx_rates
from warehouse import home
from warehouse.landing import landed_runs, read_facts
from warehouse.privacy import read_key
from warehouse.releases import NoReleaseError, current

_LEAST_FREE_GB = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `next_step` is empty where nothing is to be done."""

    about: str
    is_ok: bool
    found: str
    next_step: str = ""


def examine() -> list[Finding]:
    """All findings; none of the looks changes anything."""
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("disk space", _space),
        ("settings", _settings),
        ("key of the author hashes", _key),
        ("rates and prices", _reference),
        ("landing files", _landing),
        ("build file", _build_file),
        ("current release", _release),
    ]
    return list(_look(looks))


def _look(looks: list[tuple[str, Callable[[], Finding]]]) -> Iterator[Finding]:
    for about, look in looks:
        try:
            yield look()
        except GigsError as error:
            yield Finding(about, False, error.message, error.hint)
        except (OSError, ValueError, KeyError, duckdb.Error) as error:
            yield Finding(about, False, f"{type(error).__name__}: {error}", "restore this file from a backup")


def _space() -> Finding:
    folder = home.home()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    enough = free >= _LEAST_FREE_GB
    step = "" if enough else "free some space, or point GIGS_HOME to another disk"
    return Finding("disk space", enough, f"{free:.1f} GB free at {folder}", step)


def _settings() -> Finding:
    settings = read_settings(home.config_file())
    return Finding("settings", True, f"{home.config_file()}: {len(settings)} sections")


def _key() -> Finding:
    about = "key of the author hashes"
    if not home.key_file().exists():
        return Finding(about, True, "none yet; the first import makes one")
    read_key(home.key_file())
    return Finding(about, True, f"{home.key_file()} is whole")


def _reference() -> Finding:
    last_rate = str(fx_rates(home.reference())["published_on"].max())
    last_price = str(cpi_us(home.reference())["month_on"].max())[:7]
    found = f"exchange rates of the ECB to {last_rate}, US consumer prices to {last_price}"
    return Finding("rates and prices", True, found)


def _landing() -> Finding:
    runs = landed_runs()
    damaged = [str(folder) for folder in runs if not _is_whole(folder)]
    step = "remove that folder and import its file again" if damaged else ""
    found = f"{len(runs)} runs" + (f"; damaged: {', '.join(damaged)}" if damaged else "")
    return Finding("landing files", not damaged, found, step)


def _is_whole(folder: Path) -> bool:
    try:
        n_listings = read_facts(folder)["run"]["n_listings"]
        with duckdb.connect() as con:
            path = folder / "listings.parquet"
            found = con.execute("select count(*) from read_parquet(?)", [str(path)]).fetchone()
        return found is not None and found[0] == n_listings
    except (duckdb.Error, OSError, ValueError, KeyError):
        return not (folder / "listings.parquet").exists() and (folder / "run.json").exists()


def _build_file() -> Finding:
    path = home.build_file()
    if not path.exists():
        return Finding("build file", True, "none yet; the first import makes one")
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            found = con.execute("select count(*) from raw.listings").fetchone()
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            return Finding("build file", True, "a run is at work on it")
        step = f"move {path} away and run `gigs run`: it is made again from the landing files"
        return Finding("build file", False, f"damaged: {str(error).splitlines()[0]}", step)
    return Finding("build file", True, f"{found[0] if found else 0:,} listing versions")


def _release() -> Finding:
    about = "current release"
    try:
        release = current()
    except NoReleaseError as error:
        return Finding(about, True, error.message, error.hint)
    with release.file.open("rb") as stream:
        is_same = hashlib.file_digest(stream, "sha256").hexdigest() == release.facts["sha256"]
    if not is_same:
        step = f"write the id of an earlier release into {home.releases() / 'current'}, or run `gigs publish`"
        return Finding(about, False, f"{release.file} is not what was published", step)
    return Finding(about, True, f"{release.release_id}, {release.facts['n_listings']:,} listings")
