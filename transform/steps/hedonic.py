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

DEPENDENT = 1e-9
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class CrossProducts:
    """Weighted sums of (1, z, log price) by period, ready for any window.

    Attributes:
        mean: Means of (z, log price), shape (T, K + 1, R); zero in periods without listings.
        within: Cross products of (z, log price) around these means, summed over the periods before t, shape
            (T + 1, R, K + 1, K + 1).
        observed: Periods with any listing, shape (T,).
    """

    mean: Floats
    within: Floats
    observed: np.ndarray


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
    full = np.column_stack([np.ones(len(log_price)), design, log_price])
    upper = np.triu_indices(full.shape[1])
    sums = np.zeros((n_periods, len(upper[0]), multipliers.shape[1]))
    order = np.lexsort((cluster, period))
    for start in range(0, len(order), ROWS_AT_ONCE):
        rows = order[start : start + ROWS_AT_ONCE]
        when, who = period[rows], cluster[rows]
        starts = np.flatnonzero(np.r_[True, (when[1:] != when[:-1]) | (who[1:] != who[:-1])])
        products = np.add.reduceat(full[rows][:, upper[0]] * full[rows][:, upper[1]], starts, axis=0)
        for t in np.unique(when[starts]):
            here = when[starts] == t
            sums[t] += products[here].T @ multipliers[who[starts][here]]
    values = np.empty((n_periods, full.shape[1], full.shape[1], multipliers.shape[1]))
    values[:, upper[0], upper[1]] = sums
    values[:, upper[1], upper[0]] = sums
    weight = values[:, 0, :1]
    mean = np.divide(values[:, 0, 1:], weight, out=np.zeros_like(values[:, 0, 1:]), where=weight > 0)
    values = values[:, 1:, 1:] - (weight * mean)[:, :, None] * mean[:, None]
    within = np.zeros((n_periods + 1, multipliers.shape[1], mean.shape[1], mean.shape[1]))
    np.cumsum(np.moveaxis(values, 3, 1), axis=0, out=within[1:])
    return CrossProducts(mean, within, np.asarray(weight[:, 0, 0] > 0))


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
    within = products.within[stop] - products.within[start]
    levels = np.full((stop - start, mean.shape[2]), np.nan)
    component = np.full(stop - start, -1, dtype=np.int64)
    kept, identified = _identified(within[0, :-1, :-1], mean[:, :-1, 0])
    slopes = np.zeros((within.shape[0], within.shape[1] - 1))
    if len(kept):
        slopes[:, kept] = np.linalg.solve(within[:, kept][:, :, kept], within[:, kept, -1:])[:, :, 0]
    levels[observed] = mean[:, -1] - np.einsum("tkr,rk->tr", mean[:, :-1], slopes)
    component[observed] = identified
    unmatched = np.full(stop - start, -1, dtype=np.int64)
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
    size = 2 * n_periods * (design.shape[1] + 2) ** 2
    columns = max(1, LARGEST_BATCH // max(n_clusters, size))

    def fit(multipliers: Floats) -> Fit:
        products = cross_products(log_price, design, period, cluster, n_periods, multipliers)

        def fit_window(start: int, stop: int) -> Fit:
            return fit_time_dummy(products, start, stop)

        if window is None:
            return fit_window(0, n_periods)
        return rolling_fit(fit_window, n_periods, window, splice)

    return in_batches(fit, unit_weights(n_clusters, replicates, seed, columns * n_clusters))


def _identified(within: Floats, means: Floats) -> tuple[Ints, Ints]:
    """Columns to keep, and the groups of periods whose differences are identified.

    A column that depends on the kept ones within periods is dropped; where the same dependence does not hold
    between periods, it moves with time and its effect cannot be told from theirs.
    """
    n_columns = len(within)
    size = np.sqrt(np.maximum(np.diag(within), 0.0))
    scale = np.where(size > DEPENDENT * max(float(size.max(initial=0.0)), 1.0), size, 0.0)
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
