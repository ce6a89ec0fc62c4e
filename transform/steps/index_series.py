"""An index as it is published: a base, an interval, support counts, and a reason for every gap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from transform.steps.bootstrap import log_interval
from transform.steps.index_graph import Fit
from transform.steps.panel import Floats, Ints

NO_PRICE = "no usable price in this period"
NO_BASE = "the base period has no price"
UNCONNECTED = "no comparison, even indirect, with the base period; choose a base within its own part"

COLUMNS = {
    "period": pl.String,
    "index": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n_items": pl.Int64,
    "n_matched": pl.Int64,
    "n_pairs": pl.Int64,
    "note": pl.String,
}


def series(
    fit: Fit,
    calendar: Sequence[str],
    n_items: Ints,
    base: list[int],
    *,
    n_units: Ints | None = None,
    level: float = 0.95,
) -> pl.DataFrame:
    """Put an index on its base.

    Args:
        fit: Estimate and replicates, shape (T, 1 + R).
        calendar: Period labels, T of them.
        n_items: Items priced in each period, shape (T,).
        base: Positions of the base; the geometric mean of the index over them is 1.
        n_units: Units that were resampled, in each period; matched items, else items, if None.
        level: Coverage of the interval.

    Returns:
        One row a period with the columns of `COLUMNS`. Only the component that holds the base has values;
        the base itself has the interval 1 to 1, because it is a definition and not an estimate.
    """
    logs, anchor, anchored = on_base(fit, base)
    units = np.where(fit.n_matched >= 0, fit.n_matched, n_items) if n_units is None else n_units
    behind = np.minimum(units, units[anchored].sum()) if anchored else units
    low, high = log_interval(logs[:, 0], logs[:, 1:], behind, level)
    if len(anchored) == 1:
        low[anchored] = high[anchored] = 0.0
    notes = [
        None if np.isfinite(log) else _reason(component, anchor)
        for log, component in zip(logs[:, 0], fit.component, strict=True)
    ]
    return pl.DataFrame(
        {
            "period": list(calendar),
            "index": _level(logs[:, 0]),
            "low": _level(low),
            "high": _level(high),
            "n_items": n_items,
            "n_matched": [None if count < 0 else int(count) for count in fit.n_matched],
            "n_pairs": [None if count < 0 else int(count) for count in fit.n_pairs],
            "note": notes,
        },
        schema=COLUMNS,
    )


def on_base(fit: Fit, base: list[int]) -> tuple[Floats, int, list[int]]:
    """Logs relative to the base.

    Returns:
        Log index with NaN outside the base's component, shape (T, R); the component; and the base positions
        that lie in it (none if the base has no price).
    """
    inside = [place for place in base if fit.component[place] >= 0]
    if not inside:
        return np.full_like(fit.logs, np.nan), -1, []
    labels = fit.component[inside]
    anchor = int(np.bincount(labels).argmax())
    anchored = [place for place in inside if fit.component[place] == anchor]
    logs = fit.logs - fit.logs[anchored].mean(axis=0)
    logs[fit.component != anchor] = np.nan
    return logs, anchor, anchored


def _reason(component: int, anchor: int) -> str:
    if component < 0:
        return NO_PRICE
    return NO_BASE if anchor < 0 else UNCONNECTED


def _level(logs: Floats) -> list[float | None]:
    return [float(np.exp(log)) if np.isfinite(log) else None for log in logs]
