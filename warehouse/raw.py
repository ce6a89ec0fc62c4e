"""Raw tables of the build file: what has landed, once. Their columns derive from the contract.

raw.listings         one row per listing and content: what was said
raw.sightings        one row per distinct sighting: when, where and beside what it was seen
raw.runs             one row per loaded run, with its counts: seen = new + repeated + changed + quarantined
raw.quarantine       one row per record and fault that kept it out
raw.sources          one row per source: the facts its last run declared
raw.benchmark_points one row per value of a check series
raw.collecting_*     what collecting wrote down: the last run of each source, pages it could not read
raw.robots_readings  the last reading of each robots.txt
"""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import datetime

import duckdb

from scrapers.listing import FIELDS, names
from scrapers.source import Source

_TYPES: dict[type, str] = {
    str: "VARCHAR",
    bool: "BOOLEAN",
    int: "BIGINT",
    list: "VARCHAR[]",
    tuple: "BIGINT[]",
    datetime: "TIMESTAMPTZ",
}

LISTING_COLUMNS = ["listing_id", "content_hash", *names("identity", "content"), "author_key"]
SIGHTING_COLUMNS = ["sighting_id", "listing_id", "content_hash", "source", *names("sighting")]

_HASHES = {
    "listing_id": "Hash of platform and native id; without a native id, of what the source said.",
    "content_hash": "Hash of what the listing says; another hash is a changed listing.",
    "sighting_id": "Hash of a sighting.",
    "author_key": "Keyed hash of the client (request) or seller (offer).",
    "source": "Spider or dataset that it came by.",
}


def _column(name: str) -> tuple[str, str]:
    spec = next((item for item in FIELDS if item.name == name), None)
    if spec is None:
        return f"{name} VARCHAR", _HASHES[name]
    return f"{name} {_TYPES[spec.type]}", spec.about


def _source_type(annotation: object) -> str:
    if isinstance(annotation, types.UnionType):
        annotation = next(part for part in typing.get_args(annotation) if part is not types.NoneType)
    plain = typing.get_origin(annotation) or annotation
    return _TYPES.get(plain, "VARCHAR") if isinstance(plain, type) else "VARCHAR"


def _sources_ddl() -> str:
    hints = typing.get_type_hints(Source)
    columns = [f"{spec.name} {_source_type(hints[spec.name])}" for spec in dataclasses.fields(Source)]
    columns[0] += " PRIMARY KEY"
    return f"create table if not exists raw.sources ({', '.join(columns)})"


def _ddl(table: str, columns: list[str]) -> list[str]:
    described = [_column(name) for name in columns]
    return [
        f"create table if not exists {table} ({', '.join(text for text, _ in described)})",
        *[
            f"comment on column {table}.{name} is '{about.replace(chr(39), chr(39) * 2)}'"
            for name, (_, about) in zip(columns, described, strict=True)
        ],
    ]


_RUNS = """
create table if not exists raw.runs (
    run_id VARCHAR PRIMARY KEY, source VARCHAR, kind VARCHAR, file_name VARCHAR, started_at TIMESTAMPTZ,
    loaded_at TIMESTAMPTZ, parser_version VARCHAR, n_seen BIGINT, n_new BIGINT, n_repeated BIGINT,
    n_changed BIGINT, n_quarantined BIGINT
)
"""
_QUARANTINE = (
    "create table if not exists raw.quarantine "
    "(run_id VARCHAR, source VARCHAR, line BIGINT, field VARCHAR, reason VARCHAR)"
)
_BENCHMARKS = """
create table if not exists raw.benchmark_points (
    benchmark VARCHAR, series VARCHAR, period_on DATE, value DOUBLE, unit VARCHAR, run_id VARCHAR
)
"""
_COLLECTING = """
create table if not exists raw.collecting_runs (
    source VARCHAR, run_id VARCHAR, started_at TIMESTAMPTZ, outcome VARCHAR, is_held BOOLEAN,
    parser_version VARCHAR, n_pages BIGINT, n_listings BIGINT, n_listings_usual DOUBLE, n_new BIGINT,
    n_changed BIGINT, n_same BIGINT, n_gone BIGINT, n_rejected BIGINT,
    alarms VARCHAR[], breaks VARCHAR[]
);
create table if not exists raw.collecting_refusals (
    source VARCHAR, run_id VARCHAR, reason VARCHAR, n_pages BIGINT
);
create table if not exists raw.robots_readings (
    origin VARCHAR, read_at TIMESTAMPTZ, outcome VARCHAR, stay_away_until TIMESTAMPTZ, stay_away_why VARCHAR
);
"""


def ensure(con: duckdb.DuckDBPyConnection) -> None:
    """Create the raw tables where they are missing, and add columns that the contract has gained."""
    con.execute("set timezone = 'UTC'")
    con.execute("create schema if not exists raw")
    for statement in (_RUNS, _QUARANTINE, _sources_ddl(), _BENCHMARKS, _COLLECTING):
        con.execute(statement)
    for table, columns in (("raw.listings", LISTING_COLUMNS), ("raw.sightings", SIGHTING_COLUMNS)):
        if _columns(con, table) != set(columns):
            _make(con, table, columns)


def _make(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> None:
    create, *comments = _ddl(table, columns)
    con.execute(create)
    there = _columns(con, table)
    for name in columns:
        if name not in there:
            con.execute(f"alter table {table} add column {_column(name)[0]}")
    for comment in comments:
        con.execute(comment)


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    query = "select column_name from duckdb_columns() where schema_name || '.' || table_name = ?"
    return {name for (name,) in con.execute(query, [table]).fetchall()}
