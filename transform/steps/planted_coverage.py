"""Do 95% intervals cover the truth 95 times in a hundred? Counted over many planted markets."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from scipy import special

from transform.steps.planted_estimates import Estimate

FEWEST, MOST = 0.92, 0.98
WORST_BIAS = 0.1
JUDGED_FROM = 200

COLUMNS = {
    "effect": pl.String,
    "n_seeds": pl.Int64,
    "n_covered": pl.Int64,
    "coverage": pl.Float64,
    "coverage_low": pl.Float64,
    "coverage_high": pl.Float64,
    "planted": pl.Float64,
    "bias": pl.Float64,
    "mc_error": pl.Float64,
    "verdict": pl.String,
}


def coverage_table(found: Iterable[Estimate]) -> pl.DataFrame:
    """Count how often intervals cover what was planted.

    Args:
        found: Estimates of any number of markets, see `planted_estimates.market_estimates`.

    Returns:
        One row an effect with the columns of `COLUMNS`: coverage with its Clopper-Pearson 95% interval, bias
        and Monte-Carlo error in log points, and a verdict: `pass` where coverage lies in 92-98% and
        |bias| + 2 Monte-Carlo errors is below a tenth of the effect, `comparison` for figures that are shown
        only to be compared, `too few seeds` below 200 markets, else `fail`.
    """
    by_effect: dict[str, list[Estimate]] = {}
    for estimate in found:
        by_effect.setdefault(estimate.effect, []).append(estimate)
    return pl.DataFrame([_row(name, each) for name, each in by_effect.items()], schema=COLUMNS)


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a binomial share (Clopper and Pearson 1934, Biometrika 26)."""
    tail = (1 - level) / 2
    low = float(special.betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(special.betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return low, high


def _row(name: str, each: list[Estimate]) -> dict[str, object]:
    values = np.array([estimate.value for estimate in each])
    planted = each[0].planted
    # An interval that could not be given covers nothing.
    covered = sum(estimate.low <= planted <= estimate.high for estimate in each)
    low, high = clopper_pearson(covered, len(each))
    bias = float(values.mean()) - planted
    error = float(values.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else float("nan")
    return {
        "effect": name,
        "n_seeds": len(each),
        "n_covered": covered,
        "coverage": covered / len(each),
        "coverage_low": low,
        "coverage_high": high,
        "planted": planted,
        "bias": bias,
        "mc_error": error,
        "verdict": _verdict(each[0], len(each), covered / len(each), bias, error),
    }


def _verdict(example: Estimate, n_seeds: int, coverage: float, bias: float, error: float) -> str:
    if not example.is_judged:
        return "comparison"
    if n_seeds < JUDGED_FROM:
        return "too few seeds"
    covers = FEWEST <= coverage <= MOST
    unbiased = abs(bias) + 2 * error < WORST_BIAS * abs(example.planted)
    return "pass" if covers and unbiased else "fail"
