"""Medians of a changing mix: what others publish, made as comparable as medians can be."""

from __future__ import annotations

import numpy as np

from transform.steps.bootstrap import random_groups, unit_weights
from transform.steps.index_graph import Fit
from transform.steps.panel import Floats, Ints, Panel


def cell_quantiles(
    panel: Panel,
    replicates: int,
    seed: int,
    *,
    base: list[int],
    min_cell: int = 1,
    n_groups: int | None = None,
) -> tuple[Floats, Ints]:
    """Log medians of every cell (stratum x period), and of every stratum over the base periods.

    Args:
        panel: The prices, `stratum` telling the cells apart.
        replicates: Number of bootstrap replicates.
        seed: Seed of the bootstrap.
        base: Positions of the base periods; their observations are pooled.
        min_cell: Observations below which a cell is a gap.
        n_groups: Resample so many random groups of items where items are many and seen repeatedly.

    Returns:
        Log medians, shape (S, T + 1, R + 1): the last period is the pooled base, column 0 the estimate; and
        the numbers of observations, shape (S, T + 1). A cell of n distinct items has the bootstrap medians
        x_(1 + B), B binomial (n - 1, 1/2): the place where exponential weights reach half of their sum.
        Items that were seen more than once keep one weight in all their cells.
    """
    n_strata = int(panel.stratum.max()) + 1
    n_periods = panel.n_periods
    in_base = np.flatnonzero(np.isin(panel.period, base))
    rows = np.r_[np.arange(len(panel.item)), in_base]
    period = np.r_[panel.period, np.full(len(in_base), n_periods)]
    cell = panel.stratum[rows] * (n_periods + 1) + period
    order = np.lexsort((panel.log_price[rows], cell))
    cell, rows = cell[order], rows[order]
    counts = np.bincount(cell, minlength=n_strata * (n_periods + 1)).astype(np.int64)
    starts = np.r_[0, np.cumsum(counts)[:-1]]
    medians = np.full((len(counts), replicates + 1), np.nan)
    repeated = len(np.unique(panel.item)) < len(panel.item)
    groups = random_groups(panel.n_items, n_groups, seed)
    units = panel.item if groups is None else groups[panel.item]
    n_units = panel.n_items if groups is None else int(groups.max()) + 1
    weights = np.hstack(list(unit_weights(n_units, replicates, seed))) if repeated else None
    generator = np.random.default_rng(seed)
    for place in np.flatnonzero(counts >= min_cell):
        inside = rows[starts[place] : starts[place] + counts[place]]
        logs = panel.log_price[inside]
        medians[place, 0] = np.log(np.median(np.exp(logs)))
        if len(inside) == 1:
            continue  # one price says nothing about its spread: no replicates, hence no interval
        if weights is None:
            medians[place, 1:] = logs[generator.binomial(len(logs) - 1, 0.5, replicates)]
        else:
            running = np.cumsum(weights[units[inside], 1:], axis=0)
            medians[place, 1:] = logs[(running < running[-1] / 2).sum(axis=0)]
    if weights is None:
        _pool_base(medians.reshape(n_strata, n_periods + 1, -1), base)
    return medians.reshape(n_strata, n_periods + 1, -1), counts.reshape(n_strata, n_periods + 1)


def stratified_median(medians: Floats, counts: Ints, weights: Floats | None = None) -> Fit:
    """Geometric mean over strata of (median now / median in the base), with fixed weights.

    Args:
        medians: Log medians from `cell_quantiles`, shape (S, T + 1, R).
        counts: Observations, shape (S, T + 1).
        weights: Fixed weights of the strata, shape (S,); the stratum's share of base observations if None.

    Returns:
        The index against the pooled base. Strata that are missing in a period are left out on both sides.
    """
    fixed = counts[:, -1].astype(np.float64) if weights is None else weights
    growth = medians[:, :-1] - medians[:, -1:]
    there = np.isfinite(growth[:, :, 0])
    weight = fixed[:, None] * there
    total = weight.sum(axis=0)
    summed = (weight[:, :, None] * np.where(there[:, :, None], growth, 0.0)).sum(axis=0)
    logs = np.full(summed.shape, np.nan)
    np.divide(summed, total[:, None], out=logs, where=total[:, None] > 0)
    return _fit(logs, there, counts[:, :-1])


def median_growth(medians: Floats, counts: Ints, cell_weights: Floats | None = None) -> Fit:
    """Median over cells of (median now / median in the base), each cell alike, never chained.

    Args:
        medians: Log medians from `cell_quantiles`, shape (S, T + 1, R).
        counts: Observations, shape (S, T + 1).
        cell_weights: Bootstrap weights of the cells, shape (S, R), where the cells are the sample (one item
            each); the first column is ones. None where the cells are given and their prices are the sample.

    Returns:
        The index against the pooled base; a period without any cell that the base has too is a gap.
    """
    growth = medians[:, :-1] - medians[:, -1:]
    there = np.isfinite(growth[:, :, 0])
    logs = np.full(growth.shape[1:], np.nan)
    for place in np.flatnonzero(there.any(axis=0)):
        ratios = np.exp(growth[there[:, place], place])
        # The median of ratios, not of their logarithms: with an even number of cells the two differ.
        logs[place] = np.log(np.median(ratios, axis=0))
        if cell_weights is not None:
            order = np.argsort(ratios[:, 0])
            running = np.cumsum(cell_weights[there[:, place]][order, 1:], axis=0)
            logs[place, 1:] = np.log(ratios[order, 0][(running < running[-1] / 2).sum(axis=0)])
    return _fit(logs, there, counts[:, :-1])


def _pool_base(medians: Floats, base: list[int]) -> None:
    """A base of one period is that period: the same draws, so that its growth is nought."""
    if len(base) == 1:
        medians[:, -1] = medians[:, base[0]]


def _fit(logs: Floats, there: np.ndarray, counts: Ints) -> Fit:
    """Periods that share a stratum with the base are one component, all others stand alone."""
    unmatched = np.full(len(logs), -1, dtype=np.int64)
    alone = np.where(counts.sum(axis=0) > 0, 1 + np.arange(len(logs)), -1)
    component = np.where(there.any(axis=0), 0, alone).astype(np.int64)
    return Fit(logs, component, unmatched, unmatched)
