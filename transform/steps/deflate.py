"""Real prices: an index divided by a consumer price index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from scrapers.errors import GigsError
from transform.steps.index_periods import period_kind
from transform.steps.panel import Floats

MONTHS_OF: dict[str, Callable[[str], list[str]]] = {
    "month": lambda label: [label],
    "day": lambda label: [label[:7]],
    "quarter": lambda label: [f"{label[:4]}-{3 * int(label[-1]) - step:02d}" for step in (2, 1, 0)],
    "half": lambda label: [f"{label[:4]}-{6 * int(label[-1]) - step:02d}" for step in range(5, -1, -1)],
}


class DeflatorError(GigsError):
    """A deflator that does not fit the periods of the index."""


@dataclass(frozen=True)
class Deflator:
    """A consumer price index laid on the periods of a series.

    Attributes:
        logs: Log of the deflator's mean over the period's months, shape (T,); NaN before its first month.
        provisional: Periods after the last published month, where the last value stands in, shape (T,).
        last_month: The last published month, as 2026-05.
    """

    logs: Floats
    provisional: np.ndarray
    last_month: str


def deflator_of(calendar: Sequence[str], cpi: pl.DataFrame) -> Deflator:
    """Lay a monthly consumer price index on a calendar.

    Args:
        calendar: Period labels: months, quarters, half-years or days.
        cpi: Columns `month` (2024-05, or a date of that month) and `cpi_u` (level, any base).

    Returns:
        The deflator. A quarter has the arithmetic mean of its months.

    Raises:
        DeflatorError: The periods are of another kind, or the deflator is empty, repeated or not positive.
    """
    kind = period_kind(calendar[0])
    if kind not in MONTHS_OF:
        raise DeflatorError(
            f"periods such as {calendar[0]!r} name no months, so no price index can be laid on them",
            "write the periods as months, quarters, half-years or days",
        )
    months = cpi["month"].cast(pl.String).str.slice(0, 7).to_list()
    values = cpi["cpi_u"].cast(pl.Float64).to_list()
    if not months or len(set(months)) < len(months):
        raise DeflatorError("the deflator is empty or has a month twice", "give one value a month")
    if not all(value is not None and np.isfinite(value) and value > 0 for value in values):
        raise DeflatorError("the deflator has a value that is missing, zero or negative")
    known: dict[str, float] = dict(zip(months, values, strict=True))
    first, last = min(known), max(known)
    logs = np.full(len(calendar), np.nan)
    provisional = np.zeros(len(calendar), dtype=bool)
    for place, label in enumerate(calendar):
        needed = MONTHS_OF[kind](label)
        provisional[place] = needed[-1] > last
        levels = [known.get(month, known[last] if month > last else np.nan) for month in needed]
        if needed[0] >= first and np.isfinite(levels).all():
            logs[place] = np.log(np.mean(levels))
    return Deflator(logs, provisional, last)
