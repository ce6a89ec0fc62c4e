"""From comparisons of pairs to one index: a least-squares fit over the graph of pairs that exist.

GEKS, the time-product dummy, the chained and the direct index differ only in the pairs they look at and in
how much a pair counts; see `index_methods`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csgraph

from transform.steps.panel import Floats, Ints


@dataclass(frozen=True)
class Fit:
    """A fitted index, before it has a base.

    Attributes:
        logs: Log index, shape (T, R), column 0 the estimate; only differences within a component mean
            anything. NaN is a period without a comparison.
        component: Component of each period, shape (T,); -1 is a gap.
        n_matched: Items that support the period, shape (T,); -1 where the method does not match.
        n_pairs: Pairs of periods in which the period takes part, shape (T,); -1 likewise.
    """

    logs: Floats
    component: Ints
    n_matched: Ints
    n_pairs: Ints


def components(exists: np.ndarray, observed: np.ndarray) -> Ints:
    """Label the parts of the graph of pairs that are not connected with each other.

    Args:
        exists: Pairs that exist, shape (T, T), symmetric.
        observed: Periods that have any price, shape (T,).

    Returns:
        Labels of shape (T,); a period with prices but no pair is a component of its own; -1 is a period
        without prices.
    """
    _, labels = csgraph.connected_components(exists, directed=False)
    return np.where(observed, labels, -1).astype(np.int64)


def least_squares_levels(logs: Floats, weight: Floats, component: Ints) -> Floats:
    """Levels x that minimise sum over pairs of weight * (x_t - x_s - log P(s, t))^2.

    With equal weights on a complete graph this is GEKS (the average over all routes); with gaps it stays
    transitive, which the average over existing routes does not.

    Args:
        logs: log P(s, t), shape (T, T, R), antisymmetric.
        weight: Weight of each pair, shape (T, T) or (T, T, R), symmetric, zero where no pair exists.
        component: Labels from `components`, shape (T,).

    Returns:
        Levels of shape (T, R) with mean zero in each component; NaN in gaps.
    """
    if weight.ndim == 2:
        weight = weight[:, :, None]
    n_periods = len(component)
    pull = (weight * logs).sum(axis=0)
    laplacian = -np.moveaxis(weight, 2, 0).copy()
    diagonal = np.arange(n_periods)
    laplacian[:, diagonal, diagonal] = weight.sum(axis=0).T
    scale = max(float(laplacian.max()), 1e-300)
    # The Laplacian knows no level: fixing each component's mean at zero makes it invertible.
    same = (component[:, None] == component[None, :]) & (component[:, None] >= 0)
    fixed = laplacian / scale + same / np.maximum(same.sum(axis=1), 1)[:, None]
    fixed[:, diagonal, diagonal] += (component < 0).astype(np.float64)
    if len(fixed) == 1:
        levels = np.linalg.solve(fixed[0], pull / scale)
    else:
        levels = np.linalg.solve(fixed, np.moveaxis(pull / scale, 1, 0)[:, :, None])[:, :, 0].T
    levels[component < 0] = np.nan
    return np.asarray(levels)
