"""Price relatives between pairs of periods: the bricks of every matched index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from transform.steps.panel import Floats, Ints, Panel

LARGEST_DENSE = 20_000_000

# Given weights in the earlier period (n, 1), in the later periods (n, k) and over all periods (n, 1), the
# weight of an item in the comparison; several weightings are averaged. Zero where it is not observed later.
Weighting = Callable[[Floats, Floats, Floats], tuple[Floats, ...]]


def jevons(earlier: Floats, later: Floats, total: Floats) -> tuple[Floats, ...]:
    """Every matched item counts alike: the geometric mean of price relatives."""
    return ((later > 0).astype(np.float64),)


def tornqvist(earlier: Floats, later: Floats, total: Floats) -> tuple[Floats, ...]:
    """Mean of two weightings: expenditure shares of the earlier and of the later period.

    Shares are taken among the items that both periods have; otherwise the weights would not sum to one and
    a rise of all prices by a tenth would not be a rise of the index by a tenth.
    """
    return earlier * (later > 0), later


def product_dummy(earlier: Floats, later: Floats, total: Floats) -> tuple[Floats, ...]:
    """Weights under which a least-squares fit over pairs is the time-product dummy regression.

    Sweeping the item effects out of `log price = period effect + item effect` leaves the normal equations
    of a fit over pairs (s, t) in which item i weighs w_is w_it / sum_u w_iu.
    """
    return (earlier * later / total,)


@dataclass(frozen=True)
class Relatives:
    """Log price relatives of pairs of periods, for every replicate.

    Attributes:
        logs: log P(s, t), shape (T, T, R), antisymmetric; zero where there is no comparison.
        weight: Total weight behind a comparison, shape (T, T, R), symmetric.
        matched: Items behind a comparison, shape (T, T), symmetric, zero on the diagonal.
    """

    logs: Floats
    weight: Floats
    matched: Ints


def log_relatives(
    panel: Panel,
    multipliers: Floats,
    weighting: Weighting,
    wanted: np.ndarray | None = None,
    groups: Ints | None = None,
) -> Relatives:
    """Compare each pair of periods over the items that both have.

    Only items of the earlier period enter a comparison, as one dense block a period; the cost is
    observations x periods x replicates multiplications, done by matrix products.

    Args:
        panel: The prices; shares are used where the panel has them, else every observation weighs 1.
        multipliers: Bootstrap weights of the items, shape (n_items, R), or of groups of items.
        weighting: `jevons`, `tornqvist` or `product_dummy`.
        wanted: Pairs to compare, shape (T, T), only the part above the diagonal is read; None means all.
        groups: Group of each item, shape (n_items,), where groups are resampled instead of items.

    Returns:
        The relatives; pairs without a common item have matched = 0.
    """
    n_periods, replicates = panel.n_periods, multipliers.shape[1]
    value = np.ones(len(panel.item)) if panel.share is None else panel.share
    shape = (panel.n_items, n_periods)
    weights = _rows(value, panel, shape)
    prices = _rows(panel.log_price, panel, shape)
    totals = np.bincount(panel.item, weights=value, minlength=panel.n_items)
    result = Relatives(
        logs=np.zeros((n_periods, n_periods, replicates)),
        weight=np.zeros((n_periods, n_periods, replicates)),
        matched=np.zeros((n_periods, n_periods), dtype=np.int64),
    )
    for s in range(n_periods - 1):
        later = np.arange(s + 1, n_periods)
        if wanted is not None:
            later = later[wanted[s, s + 1 :]]
        items = panel.item[panel.period == s]
        if not len(later) or not len(items):
            continue
        block, logs = weights(items), prices(items)
        seen = (block[:, s + 1 :] > 0).any(axis=1)
        items, block, logs = items[seen], block[seen], logs[seen]
        later = later[(block[:, later] > 0).any(axis=0)]
        if not len(later):
            continue
        summed = _resampled(multipliers, items if groups is None else groups[items], groups is not None)
        _compare(result, s, later, block, logs, totals[items][:, None], summed, weighting)
    return result


def _rows(value: Floats, panel: Panel, shape: tuple[int, int]) -> Callable[[Ints], Floats]:
    """Dense rows of items on demand; a large panel stays sparse in between."""
    if shape[0] * shape[1] > LARGEST_DENSE:
        matrix = sparse.csr_matrix((value, (panel.item, panel.period)), shape=shape)
        return lambda items: np.asarray(matrix[items].toarray())
    dense = np.zeros(shape)
    dense[panel.item, panel.period] = value
    return lambda items: dense[items]


def _resampled(multipliers: Floats, units: Ints, grouped: bool) -> Callable[[Floats], Floats]:
    """How to sum rows of items, shape (n, k), under the bootstrap weights of their units: shape (k, R)."""
    if not grouped:
        own = multipliers[units]
        return lambda rows: np.asarray(rows.T @ own)
    order = np.argsort(units, kind="stable")
    ordered = units[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(units) else order
    own = multipliers[ordered[starts]]
    return lambda rows: np.asarray(
        np.add.reduceat(rows[order], starts, axis=0).T @ own if len(order) else rows.T @ own
    )


def _compare(
    result: Relatives,
    s: int,
    later: Ints,
    block: Floats,
    logs: Floats,
    total: Floats,
    resampled: Callable[[Floats], Floats],
    weighting: Weighting,
) -> None:
    there = block[:, later]
    change = (logs[:, later] - logs[:, [s]]) * (there > 0)
    means = []
    for weight in weighting(block[:, [s]], there, total):
        below, above = resampled(weight), resampled(weight * change)
        means.append(np.divide(above, below, out=np.zeros_like(above), where=below > 0))
        result.weight[s, later] += below
        result.weight[later, s] += below
    mean = np.mean(means, axis=0)
    result.logs[s, later] = mean
    result.logs[later, s] = -mean
    count = (there > 0).sum(axis=0)
    result.matched[s, later] = count
    result.matched[later, s] = count
