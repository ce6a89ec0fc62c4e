"""Write a market of any size as one Parquet file, with the planted truths beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from scrapers.simulated import planted
from scrapers.simulated.build import FLAG, chunks
from scrapers.simulated.draw import Plan

COLUMNS = {
    "platform": "platform",
    "native_id": "listing_id",
    "side": "side",
    "title": "title",
    "description": "description",
    "skills": "skills",
    "category": "category",
    "subcategory": "subcategory",
    "price_raw": "price",
    "price_kind": "price_type",
    "currency": "currency",
    "packages_json": "packages",
    "level": "level",
    "duration": "duration",
    "delivery": "delivery",
    "urgency": "urgency",
    "country": "country",
    "language": "language",
    "author_id": "author",
    "author_level": "author_level",
    "author_rating": "author_rating",
    "author_reviews": "author_reviews",
    "posted_raw": "posted",
    "observed_at": "collected",
    "bids": "bids",
    "bid_average": "average_bid",
    "url": "url",
}
"""Columns of a record, and their names in the file."""

COUNTED = ["side", "_month", "_occupation"]


@dataclass(frozen=True)
class Written:
    """What `write_parquet` left behind.

    Attributes:
        path: The Parquet file.
        truth: Planted truths and counts, as JSON.
        flags: The simulator's own knowledge of each record, as Parquet.
        n_records: Records written.
        n_characters: Characters of all titles and descriptions.
    """

    path: Path
    truth: Path
    flags: Path
    n_records: int
    n_characters: int


def write_parquet(path: Path, *, listings: int, seed: int, until: date = planted.DEFAULT_UNTIL) -> Written:
    """Write simulated records, a row group at a time, so that memory does not grow with the number.

    The truths go to `<name>.truth.json` and `<name>.flags.parquet`; nothing in the pipeline reads them.

    Args:
        path: File to write; replaced only when everything is there.
        listings: Number of records.
        seed: Seed of the market.
        until: Last day of the market.
    """
    plan = Plan(until=until)
    truth, flags = path.with_suffix(".truth.json"), path.with_suffix(".flags.parquet")
    part, flags_part = path.with_name(f"{path.name}.part"), flags.with_name(f"{flags.name}.part")
    counts: list[pl.DataFrame] = []
    sizes = {"records": 0, "characters": 0}

    def counted(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for frame in frames:
            counts.append(count(frame))
            sizes["records"] += frame.height
            texts = frame.select(pl.sum_horizontal(pl.col("title", "description").str.len_chars().sum()))
            sizes["characters"] += texts.item()
            yield frame

    try:
        _write_groups(part, flags_part, counted(chunks(plan, listings=listings, seed=seed)))
        write_truth(truth, plan, counts, seed=seed)
        flags_part.replace(flags)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        flags_part.unlink(missing_ok=True)
    return Written(path, truth, flags, sizes["records"], sizes["characters"])


def _write_groups(path: Path, flags: Path, frames: Iterable[pl.DataFrame]) -> None:
    writer = flag_writer = None
    try:
        for frame in frames:
            table = frame.select(pl.col(old).alias(new) for old, new in COLUMNS.items()).to_arrow()
            known = frame.select(
                "platform", "native_id", "side", "observed_at", pl.col(f"^{FLAG}.*$")
            ).to_arrow()
            if writer is None or flag_writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
                flag_writer = pq.ParquetWriter(flags, known.schema, compression="zstd", compression_level=1)
            writer.write_table(table)
            flag_writer.write_table(known)
    finally:
        for opened in (writer, flag_writer):
            if opened is not None:
                opened.close()


def count(frame: pl.DataFrame) -> pl.DataFrame:
    """Records of each month, side and occupation, with what the simulator knows of them."""
    return frame.group_by(COUNTED).agg(
        n=pl.len(),
        n_first=(pl.col("_sighting") == "first").sum(),
        n_ai=pl.col("_is_ai").sum(),
        n_reposts=pl.col("_repost_of").is_not_null().sum(),
        n_broken=pl.col("_broken").is_not_null().sum(),
    )


def write_truth(path: Path, plan: Plan, counts: list[pl.DataFrame], *, seed: int) -> None:
    """Write the planted truths and what was really drawn, as JSON."""
    sums = pl.concat(counts).group_by(COUNTED).sum().sort(COUNTED)
    drawn = [
        {"month": planted.month_name(row.pop("_month")), "occupation": row.pop("_occupation")} | row
        for row in sums.to_dicts()
    ]
    said = {
        "seed": seed,
        "first": plan.first.isoformat(),
        "until": plan.until.isoformat(),
        "planted": planted.truths(plan.first, plan.until),
        "drawn": drawn,
    }
    path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
