"""Listings on their way to landing: many at a time, as a frame with the contract's columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from scrapers.listing import FIELDS, Listing

_TYPES: dict[type, pl.DataType] = {
    str: pl.String(),
    bool: pl.Boolean(),
    list: pl.List(pl.String()),
    datetime: pl.Datetime("us", "UTC"),
}

SCHEMA: dict[str, pl.DataType] = {"line": pl.Int64()} | {item.name: _TYPES[item.type] for item in FIELDS}
"""Columns of a batch: the contract's fields, and the record's number in its file or page (from 1)."""

REJECT_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "field": pl.String(),
    "reason": pl.String(),
}
"""Columns of the rejects: the record's number, the field at fault (or null), and the reason in words that
carry no content of the record, so that rejects of one kind count together."""


@dataclass(frozen=True)
class Batch:
    """Some records of a run: those that fit the contract, and those that do not, with the reason."""

    listings: pl.DataFrame
    rejects: pl.DataFrame

    @property
    def n_seen(self) -> int:
        """Records that were read: a record with several faults counts once."""
        return self.listings.height + self.rejects["line"].n_unique()


def no_rejects() -> pl.DataFrame:
    """An empty frame of rejects."""
    return pl.DataFrame(schema=REJECT_SCHEMA)


def batch_of(listings: Iterable[tuple[int, Listing]], rejects: pl.DataFrame | None = None) -> Batch:
    """Put single listings, each with its record number, into a batch."""
    listed = list(listings)
    values = [item.__dict__ for _, item in listed]
    columns: dict[str, list[Any]] = {"line": [line for line, _ in listed]}
    columns |= {field.name: [row[field.name] for row in values] for field in FIELDS}
    return Batch(frame_of(columns), no_rejects() if rejects is None else rejects)


def frame_of(columns: dict[str, list[Any]]) -> pl.DataFrame:
    """The frame of a batch from the values of its columns."""
    lists = [name for name, kind in SCHEMA.items() if kind == pl.List(pl.String())]
    return pl.DataFrame(columns | {name: _lists(columns[name]) for name in lists}, schema=SCHEMA)


def _lists(values: list[list[str] | None]) -> pl.Series:
    """Lists of texts as a series: grouped out of one long series, much faster than list by list."""
    rows = [row for row, texts in enumerate(values) for _ in texts or ()]
    texts = [text for texts in values for text in texts or ()]
    long = pl.DataFrame({"row": rows, "texts": texts}, schema={"row": pl.Int64, "texts": pl.String})
    found = long.group_by("row", maintain_order=True).agg("texts")
    every = pl.DataFrame({"row": range(len(values))}, schema={"row": pl.Int64})
    lists = every.join(found, on="row", how="left", maintain_order="left")["texts"]
    return lists.fill_null(pl.lit([], dtype=pl.List(pl.String)))
