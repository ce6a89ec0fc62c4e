"""Erasing on request: a listing, or all of an author, leaves every file that is kept.

Files are immutable for everybody else; erasure alone rewrites landing files, raw tables and every kept
release, and leaves a tombstone: the hash that was erased and the day, nothing of what it said. Landing reads
the tombstones too, so what was erased does not come back with the next run.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from scrapers.errors import UsageError
from warehouse import home
from warehouse.landing import landed_runs, read_facts
from warehouse.releases import published
from warehouse.rewriting import Change, renew_facts, rewrite_database, write_facts
from warehouse.tombstones import Tombstone, bury

_HASH_LENGTH = 32

Native = tuple[str, str]
"""A source and the id by which it knows a listing."""


@dataclass(frozen=True)
class Erased:
    """How many rows left which kind of file; addresses tell what else has to go.

    Attributes:
        n_landing_rows: Rows of landing files.
        n_raw_rows: Rows of the build file.
        n_release_rows: Rows of releases.
        urls: Addresses of the erased listings.
    """

    n_landing_rows: int
    n_raw_rows: int
    n_release_rows: int
    urls: list[str]


@dataclass(frozen=True)
class Erasure:
    """What is to be erased: a column and its value, and what landing knows of it.

    Attributes:
        column: `listing_id` or `author_key`.
        value: The hash in it.
        natives: Sources and native ids of the listings concerned.
    """

    column: str
    value: str
    natives: list[Native]


def begin(*, listing_id: str | None = None, author_key: str | None = None, on: date) -> Erasure:
    """Leave the tombstone and look up what is concerned; nothing else is changed yet.

    Args:
        listing_id: Hash of the listing, as the tables show it.
        author_key: Keyed hash of the author, as the tables show it.
        on: Today.

    Raises:
        UsageError: Not exactly one hash was given, or it has not the form of one.
    """
    column = "listing_id" if listing_id else "author_key"
    value = (listing_id or author_key or "").lower()
    if bool(listing_id) == bool(author_key) or len(value) != _HASH_LENGTH or not value.isalnum():
        raise UsageError(
            "erase needs one listing id or one author key, 32 hex digits",
            'find it with: gigs query "select listing_id, author_key, url from listings where ..."',
        )
    bury(Tombstone(column, value, on))
    natives = {
        (folder.parent.name, native_id)
        for folder in landed_runs()
        for native_id in _landed(folder, column, value)["native_id"].drop_nulls()
    }
    return Erasure(column, value, sorted(natives))


def finish(erasure: Erasure) -> Erased:
    """Take it out of landing files, tables and releases. Call it inside `working()`."""
    column, value = erasure.column, erasure.value
    urls: set[str] = set()
    n_landing = sum(_from_landing(folder, column, value, urls) for folder in landed_runs())
    n_raw = _from_build_file(column, value)
    n_release = sum(_from_release(item.file, column, value) for item in published())
    return Erased(n_landing, n_raw, n_release, sorted(urls))


def erase(*, listing_id: str | None = None, author_key: str | None = None, on: date) -> Erased:
    """Erase one listing, or everything of one author, from the warehouse: `begin` and `finish` in one."""
    return finish(begin(listing_id=listing_id, author_key=author_key, on=on))


def _landed(folder: Path, column: str, value: str) -> pl.DataFrame:
    """Address and native id of the listings of a landed run that are concerned."""
    path = folder / "listings.parquet"
    if not path.exists():
        return pl.DataFrame(schema={"url": pl.String, "native_id": pl.String})
    return pl.scan_parquet(path).filter(pl.col(column) == value).select("url", "native_id").collect()


def _from_landing(folder: Path, column: str, value: str, urls: set[str]) -> int:
    gone = _landed(folder, column, value)
    if gone.is_empty():
        return 0
    urls.update(gone["url"].drop_nulls())
    path = folder / "listings.parquet"
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    kept = pl.read_parquet(path).filter(pl.col(column).ne_missing(value))
    kept.write_parquet(fresh)
    facts = read_facts(folder)
    facts["run"]["n_listings"] = kept.height
    facts["run"]["n_erased"] = facts["run"].get("n_erased", 0) + gone.height
    fresh.replace(path)
    write_facts(folder / "run.json", facts)
    return gone.height


def _from_build_file(column: str, value: str) -> int:
    """Rows leave the raw tables, and every table that transforming makes from them."""
    file = home.build_file()
    return _without(file, _ids(file, "raw.listings", column, value)) if file.exists() else 0


def _from_release(file: Path, column: str, value: str) -> int:
    """The release is written anew without the rows; its id stays, its checksum is renewed."""
    ids = _ids(file, "listings", column, value)
    if not ids:
        return 0
    n_rows = _without(file, ids)
    renew_facts(file, "n_erased", len(ids))
    return n_rows


def _ids(file: Path, table: str, column: str, value: str) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as con:
        query = f"select distinct listing_id from {table} where {column} = ?"
        return [found for (found,) in con.execute(query, [value]).fetchall()]


def _without(file: Path, ids: list[str]) -> int:
    if not ids:
        return 0
    leaves = "listing_id in (select unnest(?))"
    change = Change("*", f"listing_id is null or not {leaves}", leaves, ids)
    return rewrite_database(file, lambda columns: change if "listing_id" in columns else None)
