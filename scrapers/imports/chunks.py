"""What a reader yields: columns as the file has them, numbered records, and records that are no records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from scrapers.batch import REJECT_SCHEMA
from scrapers.imports.files import Format

LINE = "line"
"""Column with the record's number in its file, from 1. A column of the file with this name is renamed."""


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """How a file is to be read; what is null is found out from the file.

    Attributes:
        format: One of `FORMATS`.
        encoding: Python's name of a text encoding.
        delimiter: Between the fields of CSV; more than one character needs `format = "pattern"`.
        columns: Names of the columns of a CSV without header.
        record: Regular expression of one record, with a named group a column, for `pattern`.
        path: Where the records are in a JSON document, such as `rss.channel.item`.
        outer: Column name to path of values beside the records, repeated on each of them.
        table: Table of an SQLite file.
        query: SQL that yields the records of an SQLite file.
        name: Regular expression of the file name; its named groups become columns.
        null: Texts that mean nothing.
    """

    format: Format | None = None
    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    record: str | None = None
    path: str | None = None
    outer: dict[str, str] = field(default_factory=dict)
    table: str | None = None
    query: str | None = None
    name: str | None = None
    null: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """Some records: a frame of the file's columns with `line`, and rejects (see `REJECT_SCHEMA`)."""

    frame: pl.DataFrame
    rejects: pl.DataFrame


Fault = tuple[int, str]
"""A record's number and why it cannot be read."""


def rejects_of(faults: Iterable[Fault]) -> pl.DataFrame:
    """Rejects of records that could not be read at all."""
    rows = [{"line": line, "field": None, "reason": reason} for line, reason in faults]
    return pl.DataFrame(rows, schema=REJECT_SCHEMA)


def chunk_of(records: list[tuple[int, dict[str, Any]]], faults: Iterable[Fault] = ()) -> Chunk:
    """A chunk from single records, each a mapping of column to text or null."""
    names: dict[str, None] = {}
    for _, record in records:
        names.update(dict.fromkeys(record))
    columns = {name: [record.get(name) for _, record in records] for name in names if name != LINE}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    if not columns:
        empty = [(line, "the record is empty") for line, _ in records]
        return Chunk(pl.DataFrame(schema={LINE: pl.Int64}), rejects_of([*empty, *faults]))
    lines = pl.Series(LINE, [line for line, _ in records], dtype=pl.Int64)
    return Chunk(frame.insert_column(0, lines), rejects_of(faults))


def unique_names(names: Iterable[str]) -> list[str]:
    """Column names without blanks and repeats: `column_3` for a blank, `price_2` for a second `price`."""
    seen: set[str] = {LINE}
    found = []
    for number, name in enumerate(names, 1):
        base = name.strip().lstrip("\ufeff") or f"column_{number}"
        candidate, count = base, 2
        while candidate in seen:
            candidate, count = f"{base}_{count}", count + 1
        seen.add(candidate)
        found.append(candidate)
    return found
