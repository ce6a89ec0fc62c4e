"""Erasing on request: a listing, or all of an author, leaves every file that is kept.

Files are immutable for everybody else; erasure alone rewrites landing files, raw tables and every kept
release, and leaves a tombstone: the hash that was erased and the day, nothing of what it said. Landing reads
the tombstones too, so what was erased does not come back with the next run.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from scrapers.errors import UsageError
from warehouse import home
from warehouse.landing import landed_runs
from warehouse.releases import published
from warehouse.tombstones import Tombstone, bury

_HASH_LENGTH = 32


@dataclass(frozen=True)
class Erased:
    """How many rows left which kind of file, and the addresses of the erased pages."""

    n_landing_rows: int
    n_raw_rows: int
    n_release_rows: int
    urls: list[str]


def erase(*, listing_id: str | None = None, author_key: str | None = None, on: date) -> Erased:
    """Erase one listing, or everything of one author. Call it inside `working()`.

    Args:
        listing_id: Hash of the listing, as the tables show it.
        author_key: Keyed hash of the author, as the tables show it.
        on: Today.

    Returns:
        What was erased; the addresses tell which archived pages have to go as well.

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
    urls: set[str] = set()
    n_landing = sum(_from_landing(folder, column, value, urls) for folder in landed_runs())
    n_raw = _from_build_file(column, value)
    n_release = sum(_from_release(item.file, column, value) for item in published())
    return Erased(n_landing, n_raw, n_release, sorted(urls))


def _from_landing(folder: Path, column: str, value: str, urls: set[str]) -> int:
    path = folder / "listings.parquet"
    if not path.exists():
        return 0
    gone = pl.scan_parquet(path).filter(pl.col(column) == value).select("url").collect()
    if gone.is_empty():
        return 0
    urls.update(gone["url"].drop_nulls())
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    kept = pl.read_parquet(path).filter(pl.col(column).ne_missing(value))
    kept.write_parquet(fresh)
    facts_file = folder / "run.json"
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    facts["run"]["n_listings"] = kept.height
    facts["run"]["n_erased"] = facts["run"].get("n_erased", 0) + gone.height
    fresh.replace(path)
    _write(facts_file, facts)
    return gone.height


def _from_build_file(column: str, value: str) -> int:
    """Rows leave the raw tables, and every table that transforming makes from them."""
    file = home.build_file()
    return _rewrite(file, _ids(file, "raw.listings", column, value)) if file.exists() else 0


def _from_release(file: Path, column: str, value: str) -> int:
    """The release is written anew without the rows; its id stays, its checksum is renewed."""
    ids = _ids(file, "listings", column, value)
    if not ids:
        return 0
    n_rows = _rewrite(file, ids)
    facts_file = file.with_name("release.json")
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    with file.open("rb") as stream:
        facts["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    facts["n_bytes"] = file.stat().st_size
    facts["n_erased"] = facts.get("n_erased", 0) + len(ids)
    _write(facts_file, facts)
    return n_rows


def _ids(file: Path, table: str, column: str, value: str) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as con:
        query = f"select distinct listing_id from {table} where {column} = ?"
        return [found for (found,) in con.execute(query, [value]).fetchall()]


_TABLES = """
select schema_name, table_name, 'listing_id' in (
    select column_name from duckdb_columns() as columns
    where columns.database_name = 'old' and columns.table_oid = tables.table_oid
) as holds_listings
from duckdb_tables() as tables where database_name = 'old' order by all
"""


def _rewrite(file: Path, ids: list[str]) -> int:
    """Write a DuckDB file anew without some listings; a mere DELETE would leave their bytes in the file."""
    if not ids:
        return 0
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    n_rows = 0
    with duckdb.connect(str(fresh)) as con:
        (name,) = con.execute("select current_database()").fetchone() or ("",)
        source = str(file).replace("'", "''")
        con.execute(f"attach '{source}' as old (read_only)")
        con.execute(f'copy from database old to "{name}" (schema)')
        for schema, table, holds_listings in con.execute(_TABLES).fetchall():
            kept = (
                "where listing_id is null or listing_id not in (select unnest(?))" if holds_listings else ""
            )
            told = f'"{schema}"."{table}"'
            con.execute(f"insert into {told} select * from old.{told} {kept}", [ids] if kept else [])
            before, after = (
                (con.execute(f"select count(*) from {place}{told}").fetchone() or (0,))[0]
                for place in ("old.", f'"{name}".')
            )
            n_rows += before - after
        con.execute("detach old")
    fresh.replace(file)
    return n_rows


def _write(path: Path, facts: dict[str, object]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    fresh.replace(path)
