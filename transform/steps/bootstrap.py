"""Resampling: how far would an index move if other gigs, clients or days had been drawn?

The bootstrap is Rubin's (1981, "The Bayesian bootstrap", Annals of Statistics 9): a replicate gives every
unit an exponential weight instead of a count. To first order it has the variance of drawing units with
replacement, but no unit ever drops out, so a replicate never loses the only item that connects two periods.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy import special

from transform.steps.panel import Floats, Ints

LARGEST_BATCH = 25_000_000
FEWEST_CLUSTERS = 20
LISTING_GROUPS = 1000


def unit_weights(n_units: int, replicates: int, seed: int, largest: int = LARGEST_BATCH) -> Iterator[Floats]:
    """Weights of the units, in batches that fit in memory.

    Args:
        n_units: Number of resampled units (items, clients, days).
        replicates: Number of bootstrap replicates.
        seed: Seed of the generator; the same seed gives the same weights.
        largest: Entries of the largest batch.

    Yields:
        Arrays of shape (n_units, r). The very first column is all ones: the estimate itself.
    """
    generator = np.random.default_rng(seed)
    columns = max(1, min(replicates + 1, largest // max(n_units, 1)))
    first = True
    left = replicates + 1
    while left > 0:
        width = min(columns, left)
        weights = generator.standard_exponential((n_units, width))
        if first:
            weights[:, 0] = 1.0
            first = False
        yield weights
        left -= width


def random_groups(n_units: int, n_groups: int | None, seed: int) -> Ints | None:
    """Assign units to random groups of equal size.

    Returns:
        Group of each unit, shape (n_units,); None where there are too few units for it to be worth while.
    """
    if n_groups is None or n_units <= 2 * n_groups:
        return None
    shuffled = np.random.default_rng(seed).permutation(n_units)
    return (shuffled * n_groups // n_units).astype(np.int64)


def resampled_groups(cluster: pl.Series, listing: pl.Series) -> tuple[Ints, bool]:
    """Units to resample: clusters (clients or days), or listings where there are hardly any clusters.

    Args:
        cluster: Group of the client or day of each listing.
        listing: Identity of each listing.

    Returns:
        Codes, each of shape (n,), and whether they are clusters. Below twenty clusters neither a bootstrap
        over them nor a clustered error means much (Cameron and Miller 2015, section VI).
    """
    if cluster.n_unique() >= FEWEST_CLUSTERS:
        return cluster.cast(pl.Int64).to_numpy(), True
    return (listing.rank("dense").cast(pl.Int64) - 1).to_numpy() % LISTING_GROUPS, False


def log_interval(
    estimate: Floats, draws: Floats, n_units: Ints, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of a logarithm from its bootstrap replicates, by Student's t.

    Args:
        estimate: Estimates, shape (T,); NaN is a gap.
        draws: Replicates, shape (T, R).
        n_units: Number of units behind each estimate, shape (T,). A Bayesian bootstrap of n units has the
            variance (n - 1) / (n + 1) of an unbiased one, which is put right here; the quantile is that of
            t with n - 1 degrees of freedom.
        level: Coverage aimed at.

    Returns:
        Lower and upper bounds, each of shape (T,); NaN where fewer than two units or replicates speak.
    """
    low = np.full(estimate.shape, np.nan)
    high = np.full(estimate.shape, np.nan)
    if draws.shape[1] < 2:
        return low, high
    usable = np.isfinite(estimate) & np.isfinite(draws).all(axis=1) & (n_units >= 2)
    n = n_units[usable].astype(np.float64)
    error = draws[usable].std(axis=1, ddof=1) * np.sqrt((n + 1) / (n - 1))
    reach = special.stdtrit(n - 1, 0.5 + level / 2) * error
    low[usable] = estimate[usable] - reach
    high[usable] = estimate[usable] + reach
    return low, high
