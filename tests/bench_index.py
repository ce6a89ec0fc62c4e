"""Speed of the price statistics beside a straightforward pandas version; run by `make bench`.

Usage: python tests/bench_index.py [items] [periods] [replicates]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

from transform.steps.index_graph import least_squares_levels
from transform.steps.index_methods import matched_index
from transform.steps.panel import Panel

FILLED = 0.2


def market(items: int, periods: int) -> Panel:
    """Offers of which one cell in five is filled."""
    rng = np.random.default_rng(1)
    item, period = np.nonzero(rng.random((items, periods)) < FILLED)
    logs = rng.normal(3, 1, items)[item] + 0.005 * period + rng.normal(0, 0.1, len(item))
    return Panel("number", tuple(map(str, range(periods))), item, period, logs, items)


def geks_by_pandas(panel: Panel, weights: np.ndarray) -> np.ndarray:
    """GEKS-Jevons as one would write it: a wide table, a loop over pairs of periods."""
    table = pd.DataFrame({"item": panel.item, "period": panel.period, "log": panel.log_price})
    wide = table.pivot(index="item", columns="period", values="log")
    weight = pd.Series(weights, index=range(panel.n_items)).reindex(wide.index)
    logs = np.zeros((panel.n_periods, panel.n_periods, 1))
    for s in range(panel.n_periods):
        for t in range(s + 1, panel.n_periods):
            change = (wide[t] - wide[s]).dropna()
            own = weight.loc[change.index]
            logs[s, t] = (change * own).sum() / own.sum()
            logs[t, s] = -logs[s, t]
    exists = ~np.eye(panel.n_periods, dtype=bool)
    return least_squares_levels(logs, exists.astype(float), np.zeros(panel.n_periods, dtype=np.int64))[:, 0]


def main(items: int = 100_000, periods: int = 100, replicates: int = 200) -> dict[str, float]:
    """Time both versions on the same panel and compare what they find."""
    panel = market(items, periods)
    started = time.perf_counter()
    ours = matched_index(panel, "geks-jevons", replicates=replicates).logs
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    grouped_started = time.perf_counter()
    matched_index(panel, "geks-jevons", replicates=replicates, n_groups=1000)
    grouped = time.perf_counter() - grouped_started
    pandas_started = time.perf_counter()
    theirs = geks_by_pandas(panel, np.ones(items))
    pandas_seconds = (time.perf_counter() - pandas_started) * (replicates + 1)
    difference = np.abs((ours[:, 0] - ours[0, 0]) - (theirs - theirs[0])).max()
    assert difference < 1e-9, difference
    return {
        "items": items,
        "periods": periods,
        "observations": len(panel.item),
        "replicates": replicates,
        "seconds": round(seconds, 2),
        "seconds_grouped": round(grouped, 2),
        "peak_gb": round(peak, 2),
        "pandas_seconds_extrapolated": round(pandas_seconds, 1),
        "ratio": round(pandas_seconds / seconds, 1),
        "largest_difference": float(difference),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))) + "\n")
