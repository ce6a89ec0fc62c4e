"""Rolling windows: extend a published index by one period at a time without revising it.

Notation: windows of w periods; P(t) is the published index; N(t) is the index in the new window, which ends
in the period T that is to be published. All splices link to *published* values:

    movement   P(T) = P(T-1) * N(T) / N(T-1)
    window     P(T) = P(T-w+1) * N(T) / N(T-w+1)
    half       P(T) = P(T-h) * N(T) / N(T-h)                       with h = w // 2
    mean       P(T) = product over k = 1 .. w-1 of [P(T-k) * N(T) / N(T-k)] ^ (1 / (w-1))

The first window is published whole. Where the link period is a gap, movement takes the nearest earlier
period, window the earliest of the window, half the one nearest to its link (the later of two), and mean the
periods that are there. A period that the window connects with none starts a component of its own.

Sources: de Haan (2015), "A framework for large scale use of scanner data in the Dutch CPI" (half and window);
Diewert and Fox (2022), "Substitution bias in multilateral methods for CPI construction", Journal of Business
and Economic Statistics 40 (mean); Chessa (2016) and the ILO CPI manual (2020), chapter 10 (on published).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from scrapers.errors import UsageError
from transform.steps.index_graph import Fit
from transform.steps.panel import Ints

Splice = Literal["movement", "window", "half", "mean"]
SPLICES: tuple[Splice, ...] = get_args(Splice)


def rolling_fit(fit_window: Callable[[int, int], Fit], n_periods: int, window: int, splice: Splice) -> Fit:
    """Publish an index window by window.

    Args:
        fit_window: Gives the fit of the periods `start` to `stop - 1`; every window must use the same
            bootstrap weights, so that a replicate is one whole published line.
        n_periods: Length T of the series.
        window: Length w of a window in periods, at least 2.
        splice: How a new period is linked.

    Returns:
        The published line and its replicates, shape (T, R); support counts are those of the window in which
        a period was first published.

    Raises:
        UsageError: The window is shorter than two periods.
    """
    if window < 2:
        raise UsageError("a window needs at least two periods", "give --window 2 or more")
    first = fit_window(0, min(window, n_periods))
    logs = np.full((n_periods, first.logs.shape[1]), np.nan)
    component = np.full(n_periods, -1, dtype=np.int64)
    n_matched, n_pairs = np.full((2, n_periods), -1, dtype=np.int64)
    opening = slice(0, min(window, n_periods))
    logs[opening], component[opening] = first.logs, first.component
    n_matched[opening], n_pairs[opening] = first.n_matched, first.n_pairs
    for last in range(window, n_periods):
        start = last - window + 1
        new = fit_window(start, last + 1)
        n_matched[last], n_pairs[last] = new.n_matched[-1], new.n_pairs[-1]
        if new.component[-1] < 0:
            continue
        links = _links(new.component, component[start:last], splice)
        if len(links):
            component[last] = component[start + links[-1]]
            logs[last] = (logs[start + links] + new.logs[-1] - new.logs[links]).mean(axis=0)
        else:
            component[last] = component.max() + 1
            logs[last] = 0.0
    return Fit(logs, component, n_matched, n_pairs)


def _links(new: Ints, published: Ints, splice: Splice) -> Ints:
    """Window positions that link the window's last period to what is published."""
    candidates: Ints = np.flatnonzero((new[:-1] == new[-1]) & (published >= 0))
    if not len(candidates):
        return candidates
    candidates = candidates[published[candidates] == published[candidates[-1]]]
    if splice == "movement":
        return candidates[-1:]
    if splice == "window":
        return candidates[:1]
    if splice == "half":
        link = len(new) - 1 - len(new) // 2
        distance = np.abs(candidates - link)
        nearest: Ints = candidates[distance == distance.min()]
        return nearest[-1:]
    return candidates
