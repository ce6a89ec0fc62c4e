"""Texts that may not be kept for long leave every file that is kept; what was derived from them stays.

A source's facts say for how many days its raw texts may be kept. Once a listing was last seen longer ago than
that, its title, description and packages are taken out of the landing files, of the build file and of every
kept release. Prices, dates, categories and the short words that decided them are figures of our own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from warehouse import home
from warehouse.landing import landed_runs, read_facts
from warehouse.releases import published
from warehouse.rewriting import Change, renew_facts, rewrite_database, write_facts

TEXTS = ("title", "description", "packages_json")


@dataclass(frozen=True)
class Expired:
    """Rows whose texts left, by kind of file."""

    n_landing_rows: int
    n_build_rows: int
    n_release_rows: int


def expire_texts(now: datetime, *, dry_run: bool = False) -> Expired:
    """Take out the texts whose time is over. Call it inside `working()`; killed anywhere, it can be repeated.

    Args:
        now: The time (UTC).
        dry_run: Count only, in the landing files; change nothing.

    Returns:
        What was (or would be) taken out. Landing files come last: they tell what is still to be done.
    """
    runs = [(folder, _days(folder)) for folder in landed_runs() if (folder / "listings.parquet").exists()]
    ids = _over(runs, now)
    n_build = n_release = 0
    if ids and not dry_run:
        file = home.build_file()
        n_build = _without_texts(file, ids) if file.exists() else 0
        for release in published():
            n_rows = _without_texts(release.file, ids)
            if n_rows:
                renew_facts(release.file, "n_texts_expired", n_rows)
            n_release += n_rows
    n_landing = sum(
        _from_landing(folder, days, now, dry_run=dry_run) for folder, days in runs if days is not None
    )
    return Expired(n_landing, n_build, n_release)


def _days(folder: Path) -> int | None:
    days = read_facts(folder)["source"].get("retention_days")
    return None if days is None else int(days)


def _is_over(now: datetime, days: int) -> pl.Expr:
    return pl.col("observed_at").dt.convert_time_zone("UTC") < now - timedelta(days=days)


def _over(runs: list[tuple[Path, int | None]], now: datetime) -> list[str]:
    """Listings with a text in some landing file, of which no run holds one that may still be kept."""
    if all(days is None for _, days in runs):
        return []
    sightings = [
        pl.scan_parquet(folder / "listings.parquet").select(
            "listing_id",
            has_text=pl.any_horizontal(pl.col(name).is_not_null() for name in TEXTS),
            is_over=pl.lit(False) if days is None else _is_over(now, days),
        )
        for folder, days in runs
    ]
    listings = (
        pl.concat(sightings).group_by("listing_id").agg(pl.col("is_over").all(), pl.col("has_text").any())
    )
    found = listings.filter("is_over", "has_text").select("listing_id").sort("listing_id").collect()
    return found["listing_id"].to_list()


def _without_texts(file: Path, ids: list[str]) -> int:
    is_over = "listing_id in (select unnest(?))"

    def change_of(columns: set[str]) -> Change | None:
        texts = [name for name in TEXTS if name in columns]
        if "listing_id" not in columns or not texts:
            return None
        blanked = ", ".join(f"case when not {is_over} then {name} end as {name}" for name in texts)
        there = " or ".join(f"{name} is not null" for name in texts)
        return Change(f"* replace ({blanked})", "true", f"{is_over} and ({there})", ids)

    return rewrite_database(file, change_of)


def _from_landing(folder: Path, days: int, now: datetime, *, dry_run: bool) -> int:
    path = folder / "listings.parquet"
    rows = pl.read_parquet(path)
    is_over = _is_over(now, days) & pl.any_horizontal(pl.col(name).is_not_null() for name in TEXTS)
    n_rows = rows.filter(is_over).height
    if n_rows == 0 or dry_run:
        return n_rows
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    blanked = [pl.when(~is_over).then(pl.col(name)).alias(name) for name in TEXTS]
    rows.with_columns(blanked).write_parquet(fresh)
    facts = read_facts(folder)
    facts["run"]["n_texts_expired"] = facts["run"].get("n_texts_expired", 0) + n_rows
    fresh.replace(path)
    write_facts(folder / "run.json", facts)
    return n_rows
