"""Log-hedonic rolling time dummy: price change of listings that are alike in what the model knows.

Within a window the model is  log price = d_t + z'b + e ; the index is exp(d_t - d_base). It is estimated by
least squares from cross products summed by period and cluster, so that a window, or a bootstrap replicate
over clusters, costs a sum and not another pass over the listings.

Source: Hill, Scholz, Shimizu and Steurer (2022), "Rolling-time-dummy house price indexes", Journal of
Official Statistics 38; the splices are in `splice`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from transform.steps.bootstrap import LARGEST_BATCH, unit_weights
from transform.steps.index_graph import Fit
from transform.steps.index_methods import in_batches
from transform.steps.panel import Floats, Ints
from transform.steps.splice import Splice, rolling_fit

DEPENDENT = 1e-6
IN_CACHE = 200_000


@dataclass(frozen=True)
class CrossProducts:
    """Weighted sums of (z, log price) by period, ready for any window.

    Attributes:
        mean: Means of (z, log price), shape (T, K + 1, R); zero in periods without listings.
        within: Cross products of (z, log price) around these means, summed over the periods before t: the
            upper triangle, row by row, shape (T + 1, (K + 1)(K + 2) / 2, R).
        observed: Periods with any listing, shape (T,).
    """

    mean: Floats
    within: Floats
    observed: np.ndarray

    def between(self, start: int, stop: int) -> Floats:
        """Cross products within the periods of a window as full matrices, shape (R, K + 1, K + 1)."""
        upper = (self.within[stop] - self.within[start]).T
        size = self.mean.shape[1]
        rows, columns = np.triu_indices(size)
        full = np.empty((len(upper), size, size))
        full[:, rows, columns] = upper
        full[:, columns, rows] = upper
        return full


def cross_products(
    log_price: Floats, design: Floats, period: Ints, cluster: Ints, n_periods: int, multipliers: Floats
) -> CrossProducts:
    """Sum the cross products by period, weighted by the bootstrap weights of the clusters.

    Args:
        log_price: Shape (n,).
        design: Regressors without a constant, shape (n, K).
        period: Positions in the calendar, shape (n,).
        cluster: Cluster codes, shape (n,).
        n_periods: Length T of the calendar.
        multipliers: Bootstrap weights, shape (n_clusters, R).

    Returns:
        The cross products of every period.
    """
    size, replicates = design.shape[1] + 1, multipliers.shape[1]
    mean = np.zeros((n_periods, size, replicates))
    within = np.zeros((n_periods + 1, size * (size + 1) // 2, replicates))
    order = np.lexsort((cluster, period))
    bounds = np.searchsorted(period[order], np.arange(n_periods + 1))
    observed = bounds[1:] > bounds[:-1]
    for t in np.flatnonzero(observed):
        rows = order[bounds[t] : bounds[t + 1]]
        values = np.column_stack([design[rows], log_price[rows]])
        _add_period(values, cluster[rows], multipliers, mean[t], within[t + 1])
    np.cumsum(within, axis=0, out=within)
    return CrossProducts(mean, within, observed)


def _add_period(values: Floats, cluster: Ints, multipliers: Floats, mean: Floats, within: Floats) -> None:
    """Fill in one period; rows are sorted by cluster."""
    starts = np.flatnonzero(np.r_[True, cluster[1:] != cluster[:-1]])
    own = multipliers[cluster[starts]]
    centre = values.mean(axis=0)
    values = values - centre  # squares of small numbers stay exact
    moved = np.add.reduceat(values, starts, axis=0).T @ own
    weight = np.diff(np.r_[starts, len(cluster)]) @ own
    np.divide(moved, weight, out=mean)
    rows, columns = np.triu_indices(values.shape[1])
    # As many products at once as stay in the processor's cache; one period has few rows or many.
    step = max(1, IN_CACHE // len(values))
    for first in range(0, len(rows), step):
        row, column = rows[first : first + step], columns[first : first + step]
        products = np.add.reduceat(values[:, row] * values[:, column], starts, axis=0).T @ own
        within[first : first + step] = products - moved[row] * mean[column]
    mean += centre[:, None]


def fit_time_dummy(products: CrossProducts, start: int, stop: int) -> Fit:
    """Fit the time dummies of one window.

    Args:
        products: Cross products of all periods.
        start: First period of the window.
        stop: Period after its last.

    Returns:
        Period effects; periods whose difference the data do not identify (a source that starts when another
        ends, with a dummy for each) are in different components.
    """
    observed = products.observed[start:stop]
    mean = products.mean[start:stop][observed]
    within = products.between(start, stop)
    levels = np.full((stop - start, mean.shape[2]), np.nan)
    component = np.full(stop - start, -1, dtype=np.int64)
    unmatched = np.full(stop - start, -1, dtype=np.int64)
    if not observed.any():  # a window that falls into a gap of the source
        return Fit(levels, component, unmatched, unmatched)
    size = mean.shape[1]
    diagonal = np.cumsum(np.r_[0, np.arange(size, 1, -1)])
    whole = products.within[-1, diagonal[:-1], 0]
    kept, identified = _identified(within[0, :-1, :-1], mean[:, :-1, 0], whole)
    slopes = np.zeros((within.shape[0], within.shape[1] - 1))
    if len(kept):
        slopes[:, kept] = np.linalg.solve(within[:, kept][:, :, kept], within[:, kept, -1:])[:, :, 0]
    levels[observed] = mean[:, -1] - np.einsum("tkr,rk->tr", mean[:, :-1], slopes)
    component[observed] = identified
    return Fit(levels, component, unmatched, unmatched)


def hedonic_index(
    log_price: Floats,
    design: Floats,
    period: Ints,
    cluster: Ints,
    n_periods: int,
    *,
    window: int | None = 25,
    splice: Splice = "mean",
    replicates: int = 200,
    seed: int = 1,
) -> Fit:
    """Estimate the rolling time dummy index and its replicates through the whole splice.

    Args:
        log_price: Shape (n,).
        design: Regressors, shape (n, K); see `hedonic_design`.
        period: Positions in the calendar, shape (n,).
        cluster: Codes of the clients, or of the days, that are drawn together, shape (n,).
        n_periods: Length T of the calendar.
        window: Periods in a window, or None for one window over all.
        splice: How windows are linked.
        replicates: Bootstrap replicates.
        seed: Seed of the bootstrap.

    Returns:
        The published line and its replicates.
    """
    n_clusters = int(cluster.max()) + 1
    size = n_periods * (design.shape[1] + 2) ** 2 // 2
    columns = max(1, LARGEST_BATCH // max(n_clusters, size))

    def fit(multipliers: Floats) -> Fit:
        products = cross_products(log_price, design, period, cluster, n_periods, multipliers)

        def fit_window(start: int, stop: int) -> Fit:
            return fit_time_dummy(products, start, stop)

        if window is None:
            return fit_window(0, n_periods)
        return rolling_fit(fit_window, n_periods, window, splice)

    return in_batches(fit, unit_weights(n_clusters, replicates, seed, columns * n_clusters))


def _identified(within: Floats, means: Floats, whole: Floats) -> tuple[Ints, Ints]:
    """Columns to keep, and the groups of periods whose differences are identified.

    A column that depends on the kept ones within periods is dropped; where the same dependence does not hold
    between periods, it moves with time and its effect cannot be told from theirs. `whole` is the columns'
    variation in all periods: what is left of it by rounding in a window is no variation.
    """
    n_columns = len(within)
    size = np.sqrt(np.maximum(np.diag(within), 0.0))
    scale = np.where(size > DEPENDENT * np.sqrt(np.maximum(whole, 0.0)), size, 0.0)
    alive = np.flatnonzero(scale)
    kept = np.zeros(0, dtype=np.int64)
    if len(alive):
        scaled = within[np.ix_(alive, alive)] / np.outer(scale[alive], scale[alive])
        _, triangle, pivots = linalg.qr(scaled, pivoting=True)
        independent = np.abs(np.diag(triangle)) > 1e-8
        kept = np.sort(alive[pivots[independent]]).astype(np.int64)
    dropped = np.setdiff1d(np.arange(n_columns), kept)
    if not len(dropped):
        return kept, np.zeros(len(means), dtype=np.int64)
    residual = means[:, dropped]
    if len(kept):
        residual = residual - means[:, kept] @ np.linalg.solve(
            within[np.ix_(kept, kept)], within[np.ix_(kept, dropped)]
        )
    _, groups = np.unique(np.round(residual - residual[0], 6) + 0.0, axis=0, return_inverse=True)
    return kept, groups.reshape(-1).astype(np.int64)
