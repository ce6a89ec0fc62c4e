"""Tombstones: the hashes of listings and authors that were erased or opted out, and must not come back."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from scrapers.errors import ConfigError
from warehouse import home

ERASED = "erased or opted out"
"""Reason under which landing keeps such a record out."""


@dataclass(frozen=True)
class Tombstone:
    """One erased hash: which column it stands in, its value, and since when."""

    column: str
    value: str
    erased_on: date


def tombstones() -> list[Tombstone]:
    """All tombstones, oldest first.

    Raises:
        ConfigError: The list is damaged; landing stops rather than let an erased listing back in.
    """
    try:
        with _file().open(encoding="utf-8", newline="") as stream:
            return [
                Tombstone(column, value, date.fromisoformat(day)) for column, value, day in csv.reader(stream)
            ]
    except FileNotFoundError:
        return []
    except ValueError:
        raise ConfigError(
            f"the list of erased listings, {_file()}, is damaged", "restore it from your backup"
        ) from None


def bury(stone: Tombstone) -> None:
    """Add a tombstone; it is on disk when this returns."""
    if stone in tombstones():
        return
    _file().parent.mkdir(parents=True, exist_ok=True)
    with _file().open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow([stone.column, stone.value, stone.erased_on.isoformat()])
        stream.flush()
        os.fsync(stream.fileno())


def kept_out(listings: pl.DataFrame, stones: list[Tombstone]) -> pl.Series:
    """For each listing (columns listing_id and author_key), whether a tombstone keeps it out."""
    gone = pl.lit(False)
    for column in ("listing_id", "author_key"):
        values = [stone.value for stone in stones if stone.column == column]
        gone = gone | pl.col(column).is_in(values).fill_null(False)
    return listings.select(gone.alias("gone")).to_series()


def _file() -> Path:
    return home.home() / "erased.csv"
