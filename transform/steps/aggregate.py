"""From indices of parts (occupations, sources) to one: geometric, with fixed weights."""

from __future__ import annotations

import numpy as np

from transform.steps.panel import Floats

LEAST_COVERAGE = 0.8


def aggregate(logs: Floats, weights: Floats, least_coverage: float = LEAST_COVERAGE) -> Floats:
    """Fixed-weight geometric mean of indices that are 1 in the same base.

    log I(t) = sum over parts of v * log I_part(t) / sum over the same parts of v

    Args:
        logs: Log indices against the base, shape (G, T) or (G, T, R); NaN is a gap.
        weights: Weights v of the base year, shape (G,), not negative.
        least_coverage: A period whose parts weigh less than this share of all is a gap. A missing part is
            taken to move like the others (the class-mean imputation of the CPI manual, 2020, chapter 6).

    Returns:
        Shape (T,) or (T, R).

    Raises:
        ValueError: Weights are negative, not finite or all zero.
    """
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise ValueError("weights must be finite, not negative and not all zero")
    there = np.isfinite(logs)
    shares = (weights / weights.sum()).reshape(-1, *[1] * (logs.ndim - 1)) * there
    covered = shares.sum(axis=0)
    summed = (shares * np.where(there, logs, 0.0)).sum(axis=0)
    result = np.full(summed.shape, np.nan)
    np.divide(summed, covered, out=result, where=covered >= least_coverage - 1e-12)
    return result


def without_each(logs: Floats, weights: Floats) -> Floats:
    """The aggregate with each part left out in turn: does one source make the line?

    Args:
        logs: Log indices against the base, shape (G, T) or (G, T, R), G at least 2.
        weights: Weights, shape (G,).

    Returns:
        The same shape; row g is the aggregate without part g; all gaps where nothing else has weight.
    """
    lines = np.full(logs.shape, np.nan)
    for part in range(len(logs)):
        others = np.arange(len(logs)) != part
        if weights[others].sum() > 0:
            lines[part] = aggregate(logs[others], weights[others])
    return lines
