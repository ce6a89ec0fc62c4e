"""Invented listings for the tests of landing, loading and publishing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import polars as pl

from dags.pipeline import bring_in
from scrapers.batch import Batch, batch_of
from scrapers.listing import Listing
from scrapers.source import Source
from warehouse.connect import working
from warehouse.landing import Run
from warehouse.load import Counts

SOURCE = Source(
    name="invented",
    title="An invented market",
    platform="invented",
    currency="USD",
    frame="full",
    coverage="census",
    publishes_text=True,
)


def said(native_id: str | None, **fields: Any) -> Listing:
    """A listing with a title and whatever else is given."""
    values: dict[str, Any] = {
        "platform": SOURCE.platform,
        "native_id": native_id,
        "side": "request",
        "title": f"Work number {native_id}",
        "posted_raw": "2024-03-05 10:00:00",
        "observed_at": datetime(2024, 3, 6, tzinfo=UTC),
        "frame": "full",
        "coverage": "census",
    }
    return Listing(**(values | fields))


def batches(listings: Iterable[Listing], rejects: pl.DataFrame | None = None) -> list[Batch]:
    """One batch of the listings, numbered from 1."""
    return [batch_of(enumerate(listings, start=1), rejects)]


def run(run_id: str) -> Run:
    """A run of that id."""
    return Run(
        run_id=run_id,
        kind="import",
        file_name=f"{run_id}.csv",
        started_at=datetime(2024, 3, 6, tzinfo=UTC),
        parser_version="1",
    )


def bring(run_id: str, listings: Iterable[Listing], rejects: pl.DataFrame | None = None) -> Counts:
    """Land and load the listings as one run."""
    with working():
        return bring_in(batches(listings, rejects), SOURCE, run(run_id))
