"""Medians and quartiles of cells, with the bootstrap's interval of the median computed exactly."""

from __future__ import annotations

from functools import lru_cache

import polars as pl
from scipy import stats

PUBLISHED_FROM = 10
"""Cells with fewer prices are left out of published tables."""

DRAWN_FROM = 30
"""Cells with fewer prices are `too few`: published, but never drawn."""


@lru_cache(maxsize=100_000)
def median_ranks(n: int, level: float = 0.95) -> tuple[int, int]:
    """Positions (from 0) of the sorted values that bound the bootstrap interval of the median.

    The bootstrap distribution of a median needs no simulation (Efron 1982, "The jackknife, the bootstrap and
    other resampling plans", chapter 10): the resampled median is at most the k-th of n sorted values exactly
    when at least m = floor(n / 2) + 1 of n draws fall among the first k, a binomial tail.

    Args:
        n: Number of values, at least 1.
        level: Coverage aimed at by the two percentiles.
    """
    middle = n // 2 + 1
    ranks = range(1, n + 1)
    at_most = stats.binom.sf(middle - 1, n, [k / n for k in ranks])
    tail = (1 - level) / 2
    low = int((at_most < tail).sum())
    high = int((at_most < 1 - tail).sum())
    return low, min(high, n - 1)


def monthly_medians(cells: pl.DataFrame) -> pl.DataFrame:
    """Median, quartiles and the median's 95% interval of each cell.

    Args:
        cells: Keys of the cell, and `prices_usd`: list of USD prices in ascending order.

    Returns:
        The keys, n_listings, median_usd with median_low_usd and median_high_usd, p25_usd, p75_usd, and
        verdict (`ok`, or `too few` below 30 prices); cells below 10 prices are left out.
    """
    prices = pl.col("prices_usd")
    counted = cells.with_columns(n_listings=prices.list.len().cast(pl.Int64)).filter(
        pl.col("n_listings") >= PUBLISHED_FROM
    )
    ranks = [median_ranks(n) for n in counted["n_listings"]]
    return (
        counted.with_columns(
            low=pl.Series([low for low, _ in ranks], dtype=pl.Int64),
            high=pl.Series([high for _, high in ranks], dtype=pl.Int64),
        )
        .with_columns(
            median_usd=prices.list.median(),
            median_low_usd=prices.list.get(pl.col("low")),
            median_high_usd=prices.list.get(pl.col("high")),
            p25_usd=prices.list.eval(pl.element().quantile(0.25, "linear")).list.first(),
            p75_usd=prices.list.eval(pl.element().quantile(0.75, "linear")).list.first(),
            verdict=pl.when(pl.col("n_listings") >= DRAWN_FROM)
            .then(pl.lit("ok"))
            .otherwise(pl.lit("too few")),
        )
        .drop("prices_usd", "low", "high")
    )
