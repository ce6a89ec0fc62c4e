"""A panel of prices: items observed in periods, checked once so that no method meets a bad value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrapers.errors import GigsError
from transform.steps.index_periods import read_calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Outside these bounds no amount of any currency is a price; inside them no ratio can overflow.
LOWEST_PRICE, HIGHEST_PRICE = 1e-9, 1e12
HIGHEST_WEIGHT = 1e18


class PanelError(GigsError):
    """A panel that cannot be read as prices of items in periods."""


@dataclass(frozen=True)
class Panel:
    """Observed prices in long form; all arrays have one entry an observation, none repeats (item, period).

    Attributes:
        kind: Kind of period (see `index_periods`).
        calendar: Labels of the T periods in order.
        item: Item codes, 0 .. n_items - 1.
        period: Positions in the calendar, 0 .. T - 1.
        log_price: Natural logarithm of the price, any one currency.
        share: Share in the expenditure of its period (sums to 1 in a period), or None.
        n_items: Number of distinct items.
        is_grouped: Whether there was a column `group`.
        stratum: Codes of the group, zeros without one.
        regressors: Further columns, row by row, for the hedonic methods.
        left_out: Rows that were not used, counted by reason.
    """

    kind: str
    calendar: tuple[str, ...]
    item: Ints
    period: Ints
    log_price: Floats
    n_items: int
    share: Floats | None = None
    is_grouped: bool = False
    stratum: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    regressors: pl.DataFrame = field(default_factory=pl.DataFrame)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def n_periods(self) -> int:
        """Number of periods of the calendar, those without a price included."""
        return len(self.calendar)

    def counts(self) -> Ints:
        """Observations in each period, shape (T,)."""
        return np.bincount(self.period, minlength=self.n_periods).astype(np.int64)


def read_panel(frame: pl.DataFrame, *, use_weights: bool = False) -> Panel:
    """Check a frame and turn it into a panel.

    Args:
        frame: Columns `period` (text), `item`, `price` (number), optional `quantity` or `weight`, optional
            `group`; further columns are kept as regressors. Rows in any order.
        use_weights: Turn `quantity` (times price) or `weight` into shares of the period's expenditure.

    Returns:
        The panel. Rows whose price is missing, zero, negative, infinite or absurd, or whose weight is
        missing or zero where weights are used, are left out and counted by reason.

    Raises:
        PanelError: A column is missing, an (item, period) appears twice, a weight is negative, or nothing
            usable remains.
    """
    _require(frame, ["period", "item", "price"])
    _refuse_repeats(frame)
    checked = frame.with_columns(_reason(frame, use_weights).alias("_reason"))
    left_out = dict(
        checked.filter(pl.col("_reason").is_not_null()).group_by("_reason").len().sort("_reason").rows()
    )
    kept = checked.filter(pl.col("_reason").is_null()).drop("_reason")
    if kept.is_empty():
        why = "; ".join(f"{reason}: {count} rows" for reason, count in left_out.items()) or "no rows"
        raise PanelError(f"no usable price is left ({why})", "check the column price")
    kind, calendar = read_calendar(frame["period"].unique().to_list())
    places = {label: place for place, label in enumerate(calendar)}
    period = kept["period"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
    codes = kept["item"].cast(pl.String).rank("dense").to_numpy().astype(np.int64) - 1
    grouped = "group" in kept.columns
    extra = [name for name in kept.columns if name not in PANEL_COLUMNS]
    return Panel(
        kind=kind,
        calendar=tuple(calendar),
        item=codes,
        period=period,
        log_price=np.log(kept["price"].cast(pl.Float64).to_numpy()),
        n_items=int(codes.max()) + 1,
        share=_shares(kept, period, len(calendar)) if use_weights else None,
        is_grouped=grouped,
        stratum=(
            kept["group"].cast(pl.String).fill_null("").rank("dense").to_numpy().astype(np.int64) - 1
            if grouped
            else np.zeros(len(codes), dtype=np.int64)
        ),
        regressors=kept.select(extra),
        left_out=left_out,
    )


PANEL_COLUMNS = ("period", "item", "price", "quantity", "weight", "group")


def window_of(panel: Panel, start: int, stop: int) -> Panel:
    """The part of a panel in the periods `start` to `stop - 1`, with the item codes it had.

    Strata and regressors stay behind: rolling windows are for the matched methods.
    """
    inside = (panel.period >= start) & (panel.period < stop)
    return Panel(
        kind=panel.kind,
        calendar=panel.calendar[start:stop],
        item=panel.item[inside],
        period=panel.period[inside] - start,
        log_price=panel.log_price[inside],
        n_items=panel.n_items,
        share=None if panel.share is None else panel.share[inside],
    )


def _require(frame: pl.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise PanelError(
            f"the column {', '.join(missing)} is missing (found: {', '.join(frame.columns) or 'none'})",
            "name the columns period, item and price",
        )
    for name in ("period", "item"):
        empty = frame[name].is_null().sum()
        if empty:
            raise PanelError(f"{empty} rows have no {name}", f"fill the column {name} or drop those rows")


def _refuse_repeats(frame: pl.DataFrame) -> None:
    key = [name for name in ("group", "item", "period") if name in frame.columns]
    repeated = frame.group_by(key).len().filter(pl.col("len") > 1).sort(key)
    if repeated.is_empty():
        return
    row = repeated.row(0, named=True)
    raise PanelError(
        f"item {row['item']!r} has {row['len']} prices in period {row['period']!r} "
        f"({repeated.height} such pairs in all)",
        "keep one price per item and period, for instance their geometric mean",
    )


def _reason(frame: pl.DataFrame, use_weights: bool) -> pl.Expr:
    price = pl.col("price").cast(pl.Float64)
    reason = (
        pl.when(price.is_null() | price.is_nan())
        .then(pl.lit("price missing"))
        .when(price.is_infinite())
        .then(pl.lit("price infinite"))
        .when(price <= 0)
        .then(pl.lit("price zero or negative"))
        .when(~price.is_between(LOWEST_PRICE, HIGHEST_PRICE))
        .then(pl.lit("price absurd"))
    )
    weighting = [name for name in ("quantity", "weight") if name in frame.columns]
    if not use_weights or not weighting:
        return reason
    if len(weighting) > 1:
        raise PanelError("there is a column quantity and a column weight", "keep one of them")
    weight = pl.col(weighting[0]).cast(pl.Float64)
    if frame.select((weight < 0).any()).item():
        raise PanelError(f"a {weighting[0]} is negative", f"check the column {weighting[0]}")
    return (
        reason.when(weight.is_null() | weight.is_nan())
        .then(pl.lit(f"{weighting[0]} missing"))
        .when(weight == 0)
        .then(pl.lit(f"{weighting[0]} zero"))
        .when(weight > HIGHEST_WEIGHT)
        .then(pl.lit(f"{weighting[0]} absurd"))
    )


def _shares(kept: pl.DataFrame, period: Ints, n_periods: int) -> Floats | None:
    if "weight" in kept.columns:
        value = kept["weight"].cast(pl.Float64).to_numpy()
    elif "quantity" in kept.columns:
        value = (kept["price"].cast(pl.Float64) * kept["quantity"].cast(pl.Float64)).to_numpy()
    else:
        return None
    totals = np.bincount(period, weights=value, minlength=n_periods)
    return np.asarray(value / totals[period], dtype=np.float64)
