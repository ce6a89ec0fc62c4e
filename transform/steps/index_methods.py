"""The matched methods by name, each as a choice of comparisons, pairs and weights of pairs.

| name             | comparison of a pair        | pairs                  | weight of a pair         |
|------------------|-----------------------------|------------------------|--------------------------|
| geks-jevons      | mean log relative           | all                    | 1                        |
| geks-tornqvist   | two mean expenditure shares | all                    | 1                        |
| tpd              | time-product dummy          | all                    | its total weight         |
| tpd-weighted     | the same, with shares       | all                    | its total weight         |
| jevons-chained   | mean log relative           | neighbours in time     | 1                        |
| jevons-direct    | mean log relative           | each with the base     | 1                        |

Sources: Ivancic, Diewert and Fox (2011), Journal of Econometrics 161 (GEKS over time); Rao (2005) and
Diewert (2004) on the weighted (time-)product dummy; ILO CPI manual (2020), chapters 8 and 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from transform.steps.bootstrap import LARGEST_BATCH, random_groups, unit_weights
from transform.steps.index_bilateral import (
    Relatives,
    Weighting,
    jevons,
    log_relatives,
    product_dummy,
    tornqvist,
)
from transform.steps.index_graph import Fit, components, least_squares_levels
from transform.steps.panel import Floats, Ints, Panel, window_of
from transform.steps.splice import Splice, rolling_fit


@dataclass(frozen=True)
class Method:
    """One row of the table above.

    Attributes:
        weighting: Weight of an item in the comparison of two periods.
        pairs: Which pairs are compared: `all`, `neighbours` or `base`.
        weighs_pairs: Whether a pair counts by its total weight (the regression methods).
        uses_shares: Whether expenditure shares are needed.
    """

    weighting: Weighting
    pairs: str = "all"
    weighs_pairs: bool = False
    uses_shares: bool = False


MATCHED_METHODS = {
    "geks-jevons": Method(jevons),
    "geks-tornqvist": Method(tornqvist, uses_shares=True),
    "tpd": Method(product_dummy, weighs_pairs=True),
    "tpd-weighted": Method(product_dummy, weighs_pairs=True, uses_shares=True),
    "jevons-chained": Method(jevons, pairs="neighbours"),
    "jevons-direct": Method(jevons, pairs="base"),
}


def fit_matched(
    panel: Panel,
    method: Method,
    multipliers: Floats,
    *,
    min_matches: int = 1,
    base: int = 0,
    groups: Ints | None = None,
) -> Fit:
    """Fit a matched index to one window.

    Args:
        panel: The prices.
        method: A row of `MATCHED_METHODS`.
        multipliers: Bootstrap weights of the items, shape (n_items, R); ones give the estimate.
        min_matches: Matched items below which a pair of periods does not exist.
        base: Position of the base period, for the direct index alone.
        groups: Group of each item, where groups of items are resampled.

    Returns:
        The fit; periods that share no item, even indirectly, are in different components.
    """
    wanted = _wanted(panel, method.pairs, base)
    relatives = log_relatives(panel, multipliers, method.weighting, wanted, groups)
    exists = relatives.matched >= max(min_matches, 1)
    component = components(exists, panel.counts() > 0)
    weight = relatives.weight * exists[:, :, None] if method.weighs_pairs else exists.astype(np.float64)
    return Fit(
        logs=least_squares_levels(relatives.logs, weight, component),
        component=component,
        n_matched=_supported(panel, relatives, exists),
        n_pairs=exists.sum(axis=0),
    )


def matched_index(
    panel: Panel,
    name: str,
    *,
    min_matches: int = 1,
    base: int = 0,
    window: int | None = None,
    splice: Splice = "mean",
    replicates: int = 200,
    seed: int = 1,
    n_groups: int | None = None,
) -> Fit:
    """Estimate a matched index and its bootstrap replicates.

    Args:
        panel: The prices; needs shares for the methods that use them.
        name: Key of `MATCHED_METHODS`.
        min_matches: Matched items below which a pair of periods does not exist.
        base: Position of the base period (used by the direct index).
        window: Length of a rolling window in periods, or None for one fit over all.
        splice: How rolling windows are linked (see `splice`).
        replicates: Number of bootstrap replicates over items.
        seed: Seed of the bootstrap.
        n_groups: Resample so many random groups of items instead of items, where there are more items than
            twice that (Wolter 2007, "Introduction to variance estimation", chapter 2): the same variance up
            to its own sampling error, at a fraction of the cost.

    Returns:
        The fit; column 0 of `logs` is the estimate.
    """
    method = MATCHED_METHODS[name]
    panel = panel if method.uses_shares else replace(panel, share=None)
    groups = random_groups(panel.n_items, n_groups, seed)
    n_units = panel.n_items if groups is None or n_groups is None else n_groups

    def fit(multipliers: Floats) -> Fit:
        def fit_window(start: int, stop: int) -> Fit:
            part = panel if stop - start == panel.n_periods else window_of(panel, start, stop)
            return fit_matched(part, method, multipliers, min_matches=min_matches, base=base, groups=groups)

        if window is None:
            return fit_window(0, panel.n_periods)
        return rolling_fit(fit_window, panel.n_periods, window, splice)

    return in_batches(fit, unit_weights(n_units, replicates, seed, _batch(n_units, panel.n_periods)))


def in_batches(fit: Callable[[Floats], Fit], batches: Iterator[Floats]) -> Fit:
    """Fit each batch of bootstrap weights and join the replicates; the first column is the estimate."""
    first = fit(next(batches))
    rest = [fit(batch).logs for batch in batches]
    return replace(first, logs=np.hstack([first.logs, *rest]))


def _wanted(panel: Panel, pairs: str, base: int) -> np.ndarray | None:
    if pairs == "all":
        return None
    wanted = np.zeros((panel.n_periods, panel.n_periods), dtype=bool)
    if pairs == "base":
        wanted[base, :] = wanted[:, base] = True
        return wanted
    observed = np.flatnonzero(panel.counts())
    wanted[observed[:-1], observed[1:]] = True
    return wanted


def _supported(panel: Panel, relatives: Relatives, exists: np.ndarray) -> np.ndarray:
    """Items of each period that take part in at least one of its existing pairs."""
    if not len(panel.item):
        return np.zeros(panel.n_periods, dtype=np.int64)
    order = np.lexsort((panel.period, panel.item))
    item, period = panel.item[order], panel.period[order]
    starts = np.flatnonzero(np.r_[True, item[1:] != item[:-1]])
    lengths = np.diff(np.r_[starts, len(item)])
    supported = np.zeros(len(item), dtype=bool)
    # Walk over the distance between two observations of an item in its own sorted row.
    position = np.arange(len(item)) - np.repeat(starts, lengths)
    for step in range(1, int(lengths.max())):
        here = np.flatnonzero(position >= step)
        pairs = exists[period[here], period[here - step]]
        supported[here[pairs]] = True
        supported[here[pairs] - step] = True
    return np.bincount(period[supported], minlength=panel.n_periods).astype(np.int64)


def _batch(n_units: int, n_periods: int) -> int:
    """Entries of a batch of weights such that the relatives of all pairs stay below the same bound."""
    return max(1, LARGEST_BATCH // max(n_units, n_periods**2, 1)) * n_units
