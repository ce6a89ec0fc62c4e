"""Rows of the mart `price_index`: nominal and real, with verdicts and ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from transform.steps.deflate import Deflator, deflator_of
from transform.steps.index_segments import (
    FEWEST_IN_CELL,
    SEGMENT,
    Line,
    Segment,
    Settings,
    segment_lines,
    segments,
)
from transform.steps.index_series import series
from transform.steps.verdict import ADEQUATE, adequacy, holm_ranks

FEW_NOTE = f"fewer than {FEWEST_IN_CELL} prices"
RANKED = ("occupation", "ai_category")

SCHEMA = {
    "grain": pl.String,
    "period": pl.String,
    "period_on": pl.Date,
    "side": pl.String,
    "price_kind": pl.String,
    "frame": pl.String,
    "is_simulated": pl.Boolean,
    "currency": pl.String,
    "dimension": pl.String,
    "member": pl.String,
    "method": pl.String,
    "role": pl.String,
    "index": pl.Float64,
    "index_low": pl.Float64,
    "index_high": pl.Float64,
    "index_real": pl.Float64,
    "index_real_low": pl.Float64,
    "index_real_high": pl.Float64,
    "is_provisional": pl.Boolean,
    "base_period": pl.String,
    "base_price": pl.Float64,
    "n_items": pl.Int64,
    "n_matched": pl.Int64,
    "n_pairs": pl.Int64,
    "verdict": pl.String,
    "rank_best": pl.Int64,
    "rank_worst": pl.Int64,
    "note": pl.String,
}


def price_index(
    points: pl.DataFrame,
    cpi: pl.DataFrame,
    *,
    grains: Sequence[str] = ("month", "quarter"),
    settings: Settings | None = None,
) -> pl.DataFrame:
    """Compute every published price line.

    Args:
        points: Rows of `int_price_panel_cells`.
        cpi: Columns `month_on` and `cpi_u`: published months of the US consumer price index.
        grains: Which calendars.
        settings: Replicates and seed of the bootstrap.

    Returns:
        Rows with the columns of `SCHEMA`. The index is 100 in the base year (geometric mean of its
        periods). Figures below 10 prices are gaps; real figures exist for US dollars only.
    """
    monthly = cpi.select(month=pl.col("month_on").dt.strftime("%Y-%m"), cpi_u=pl.col("cpi_u"))
    made: list[pl.DataFrame] = []
    for grain in grains:
        for key, segment in segments(points, grain):
            deflator = deflator_of(segment.calendar, monthly) if key["currency"] == "USD" else None
            lines = segment_lines(segment, str(key["side"]), settings or Settings())
            prices = _base_prices(segment, lines)
            rows = pl.concat(
                [_rows(segment, line, deflator, price) for line, price in zip(lines, prices, strict=True)]
            )
            made.append(_ranked(rows).with_columns(pl.lit(value).alias(name) for name, value in key.items()))
    if not made:
        return pl.DataFrame(schema=SCHEMA)
    return pl.concat(made).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _rows(segment: Segment, line: Line, deflator: Deflator | None, base_price: float | None) -> pl.DataFrame:
    year = segment.calendar[line.base[0]][:4]
    rows = series(line.fit, segment.calendar, line.n_items, line.base, n_units=line.n_units)
    behind = pl.coalesce("n_matched", "n_items")
    rows = rows.with_columns(
        note=pl.when(pl.col("index").is_not_null() & (behind < FEWEST_IN_CELL))
        .then(pl.lit(FEW_NOTE))
        .otherwise("note")
    ).with_columns(
        pl.when(behind >= FEWEST_IN_CELL).then(pl.col(name)).alias(name) for name in ("index", "low", "high")
    )
    if line.n_units is not line.fit.n_matched:
        rows = rows.with_columns(_n_behind=pl.Series(line.n_items))
    else:
        rows = rows.with_columns(_n_behind=behind)
    rows = rows.with_columns(verdict=adequacy("index", "low", "high", "_n_behind"))
    scale = 100.0
    real, provisional = _real_factor(segment, line, deflator)
    return rows.with_columns(
        grain=pl.lit(segment.grain),
        period_on=pl.Series([_first_day(label) for label in segment.calendar]).str.to_date(),
        dimension=pl.lit(line.dimension),
        member=pl.lit(line.member),
        method=pl.lit(line.method),
        role=pl.lit(line.role),
        index=pl.col("index") * scale,
        index_low=pl.col("low") * scale,
        index_high=pl.col("high") * scale,
        index_real=pl.col("index") * scale * real,
        index_real_low=pl.col("low") * scale * real,
        index_real_high=pl.col("high") * scale * real,
        is_provisional=provisional,
        base_period=pl.lit(year),
        base_price=pl.lit(base_price, dtype=pl.Float64),
    ).drop("low", "high", "_n_behind")


def _real_factor(segment: Segment, line: Line, deflator: Deflator | None) -> tuple[pl.Series, pl.Series]:
    """What turns the nominal index into the real one, relative to the base year."""
    if deflator is None:
        nothing = [None] * segment.n_periods
        return pl.Series(nothing, dtype=pl.Float64), pl.Series(nothing, dtype=pl.Boolean)
    observed = [place for place in line.base if line.fit.component[place] >= 0]
    base = deflator.logs[observed or line.base].mean()
    factor = pl.Series(np.exp(base - deflator.logs)).fill_nan(None)
    return factor, pl.Series(deflator.provisional)


def _base_prices(segment: Segment, lines: Sequence[Line]) -> list[float | None]:
    """Geometric mean price of each line's listings in its base year, for a line in money."""
    found: dict[tuple[str, tuple[int, ...]], dict[str, float | None]] = {}
    prices: list[float | None] = []
    for line in lines:
        by_member = line.dimension in ("occupation", "source", "ai_category")
        dimension = line.dimension if by_member else "all"
        known = found.get((dimension, tuple(line.base)))
        if known is None:
            member = pl.col(dimension) if by_member else pl.lit("all")
            inside = segment.points.filter(pl.col("place").is_in(line.base))
            means = inside.group_by(member=member).agg(pl.col("log_price").mean().exp())
            known = found[dimension, tuple(line.base)] = dict(means.iter_rows())
        prices.append(known.get(line.member if by_member else "all"))
    return prices


def _first_day(label: str) -> str:
    if "Q" in label:
        return f"{label[:4]}-{3 * int(label[-1]) - 2:02d}-01"
    return f"{label}-01"


def _ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """Best and worst rank of occupations and categories in a period, among adequate headline figures."""
    key = ["dimension", "period"]
    numbered = rows.with_row_index("_row").with_columns(
        rank_best=pl.lit(None, dtype=pl.Int64), rank_worst=pl.lit(None, dtype=pl.Int64)
    )
    eligible = numbered.filter(
        pl.col("dimension").is_in(RANKED) & (pl.col("role") == "headline") & (pl.col("verdict") == ADEQUATE)
    )
    found: list[tuple[int, int, int]] = []
    for _, cells in eligible.group_by([*key, "base_period"]):
        if cells.height < 2:
            continue
        logs = np.log(cells["index"].to_numpy())
        errors = (np.log(cells["index_high"].to_numpy()) - np.log(cells["index_low"].to_numpy())) / 3.92
        best, worst = holm_ranks(logs, errors)
        found += list(zip(cells["_row"].to_list(), best.tolist(), worst.tolist(), strict=True))
    ranks = pl.DataFrame(
        found, schema={"_row": pl.UInt32, "rank_best": pl.Int64, "rank_worst": pl.Int64}, orient="row"
    )
    return numbered.drop("rank_best", "rank_worst").join(ranks, on="_row", how="left").drop("_row")


KEY = ["grain", "period", *SEGMENT, "dimension", "member", "method"]
