"""Verdicts in words: is a figure good enough to be published, ranked, believed?"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import special

from transform.steps.panel import Floats, Ints

TOLERANCE = 0.05
DRAWN_FROM = 30
SURELY_UNUSUAL = 0.001

TOO_FEW, GAP, ADEQUATE, WIDE, UNKNOWN = "too few", "gap", "adequate", "wide", "no interval"
VERDICTS = (TOO_FEW, GAP, ADEQUATE, WIDE, UNKNOWN)


def adequacy(value: str, low: str, high: str, n: str) -> pl.Expr:
    """Verdict on an index or a median.

    Args:
        value: Column of the figure, null in a gap.
        low: Column of the lower bound of its 95% interval.
        high: Column of the upper bound.
        n: Column of the number of observations, or of matched items, behind it.

    Returns:
        `gap`; `too few` below 30; `no interval`; `adequate` where the half-width of the interval is at most
        5% of the figure; else `wide`: published, never ranked.
    """
    half = (pl.col(high) - pl.col(low)) / 2
    return (
        pl.when(pl.col(value).is_null())
        .then(pl.lit(GAP))
        .when(pl.col(n) < DRAWN_FROM)
        .then(pl.lit(TOO_FEW))
        .when(half.is_null())
        .then(pl.lit(UNKNOWN))
        .when(half <= TOLERANCE * pl.col(value) + 1e-12)
        .then(pl.lit(ADEQUATE))
        .otherwise(pl.lit(WIDE))
    )


def holm_ranks(estimates: Floats, errors: Floats, level: float = 0.95) -> tuple[Ints, Ints]:
    """Best and worst rank of each cell that the data allow; 1 is the largest estimate.

    Every pair of cells is compared by the normal test of independent estimates. The p-values are adjusted
    step-down (Holm 1979, Scandinavian Journal of Statistics 6): the j-th smallest of m is held against
    (1 - level) / (m - j + 1), until the first that does not pass. A pair that passes has an adjusted interval
    of its difference that leaves out 0.

    Args:
        estimates: Shape (n,), finite.
        errors: Standard errors, shape (n,).
        level: Family-wise level.

    Returns:
        Best and worst rank, each of shape (n,); equal where the rank is certain.
    """
    n = len(estimates)
    best, worst = np.ones(n, dtype=np.int64), np.full(n, n, dtype=np.int64)
    first, second = np.triu_indices(n, 1)
    if not len(first):
        return best, worst
    difference = estimates[first] - estimates[second]
    error = np.hypot(errors[first], errors[second])
    z = np.divide(np.abs(difference), error, out=np.zeros_like(difference), where=error > 0)
    z[(error == 0) & (difference != 0)] = np.inf
    p = 2 * special.ndtr(-z)
    order = np.argsort(p, kind="stable")
    passes = p[order] < (1 - level) / (len(p) - np.arange(len(p)))
    certain = order[: len(p) if passes.all() else int(np.argmin(passes))]
    upper = np.where(difference > 0, first, second)[certain]
    lower = np.where(difference > 0, second, first)[certain]
    best += np.bincount(lower, minlength=n)
    worst -= np.bincount(upper, minlength=n)
    return best, worst


def default_alarms(
    cells: pl.DataFrame, *, least_share: float = 0.10, least_rows: int = 20, least_history: int = 100
) -> pl.DataFrame:
    """Find values that suddenly hold an unusual share of a source's rows: a default parsed as a price.

    Args:
        cells: One row per `source`, `side`, `price_kind`, `currency`, `value` and `month_on`, with
            `n_value` rows of that value and `n_rows` rows of the source, side, kind and currency in that
            month; months with rows but without the value may be missing, `n_history` then counts all rows of
            earlier months.
        least_share: Share from which a value can be unusual.
        least_rows: Rows from which it can.
        least_history: Rows of earlier months below which nothing is known about what is usual.

    Returns:
        The alarmed rows with `share`, `usual_share` (of earlier months that raised no alarm) and `p_value`
        (binomial; against the upper 97.5% bound of the usual share). An alarm is a share of at least a tenth,
        three times the usual one, that chance explains less than once in a thousand after adjustment for
        all values that were looked at.
    """
    key = ["source", "side", "price_kind", "currency", "value"]
    candidates = cells.filter(
        (pl.col("n_value") >= least_rows) & (pl.col("n_value") >= least_share * pl.col("n_rows"))
    )
    looked_at = max(candidates.height, 1)
    suspects = cells.join(candidates.select(key).unique(), on=key, how="semi", nulls_equal=True)
    found: list[dict[str, object]] = []
    for _, months in suspects.sort("month_on").group_by(key, maintain_order=True):
        before, alarmed = 0, 0
        for row in months.iter_rows(named=True):
            history = row["n_history"] - alarmed
            share = row["n_value"] / row["n_rows"]
            usual = float(special.betaincinv(before + 1, max(history - before, 0) + 1, 0.975))
            p_value = float(special.betainc(row["n_value"], row["n_rows"] - row["n_value"] + 1, usual))
            if (
                history >= least_history
                and row["n_value"] >= least_rows
                and share >= max(least_share, 3 * (before / history))
                and p_value * looked_at < SURELY_UNUSUAL
            ):
                found.append(row | {"share": share, "usual_share": before / history, "p_value": p_value})
                alarmed += row["n_rows"]
            else:
                before += row["n_value"]
    added = ("share", "usual_share", "p_value")
    return pl.DataFrame(found, schema={**cells.schema, **dict.fromkeys(added, pl.Float64())})
