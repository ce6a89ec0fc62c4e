"""Check series: files of ready-made figures become points that our own series are laid beside."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from scrapers.batch import REJECT_SCHEMA
from scrapers.errors import GigsError
from scrapers.imports.chunks import LINE
from scrapers.imports.convert import lacking
from scrapers.imports.mapping import Plan, Points
from scrapers.imports.reading import read
from scrapers.imports.rules import MissingColumnError, field_expr

POINTS_SCHEMA: dict[str, pl.DataType] = {
    "benchmark": pl.String(),
    "series": pl.String(),
    "period_on": pl.Date(),
    "value": pl.Float64(),
    "unit": pl.String(),
}
"""Columns of points: the benchmark, its series, the first day of the period, the figure and its unit."""


def read_points(path: Path, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The points of a file, and the records that gave none with the reason.

    Returns:
        Points (see `POINTS_SCHEMA`), a row for each series and period, and rejects (see `REJECT_SCHEMA`).

    Raises:
        GigsError: The file cannot be read, lacks a mapped column, or holds no record.
    """
    numbered: dict[str, pl.DataType] = {LINE: pl.Int64(), **POINTS_SCHEMA}
    points = [pl.DataFrame(schema=numbered)]
    rejects = [pl.DataFrame(schema=REJECT_SCHEMA)]
    for chunk in read(path, plan.file, plan.columns):
        rejects.append(chunk.rejects)
        if chunk.frame.is_empty():
            continue
        for spec in plan.points:
            made = _made(path, chunk.frame, spec, plan)
            wrong = pl.any_horizontal(pl.col("series", "period_on", "value").is_null())
            fault = pl.lit("no series, no period or no number")
            rejects.append(made.filter(wrong).select(LINE, field=pl.lit("value"), reason=fault))
            points.append(made.filter(~wrong).select(LINE, *POINTS_SCHEMA))
    found = pl.concat(points)
    is_first = pl.struct("series", "period_on").is_first_distinct()
    again = pl.lit("its series and period were given by an earlier record")
    rejects.append(found.filter(~is_first).select(LINE, field=pl.lit("series"), reason=again))
    left = pl.concat(rejects)
    if found.is_empty() and left.is_empty():
        raise GigsError(f"{path} holds no record", "check it with `gigs inspect`")
    return found.filter(is_first).drop(LINE), left


def _made(path: Path, frame: pl.DataFrame, spec: Points, plan: Plan) -> pl.DataFrame:
    exprs = {}
    for name in ("series", "period_on", "value"):
        try:
            expr = field_expr(name, getattr(spec, name), frame.schema, plan.file.null)
        except MissingColumnError as error:
            raise lacking(path, plan, error) from None
        exprs[name] = pl.lit(None, pl.String) if expr is None else expr
    return frame.select(pl.col(LINE), **exprs).with_columns(
        pl.col("value").cast(pl.Float64, strict=False),
        pl.col("period_on").cast(pl.Date),
        benchmark=pl.lit(plan.source.name),
        unit=pl.lit(spec.unit),
    )
