"""The line of budgets that were chosen from a platform's menu: interval regression with time dummies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from transform.steps.bootstrap import unit_weights
from transform.steps.hedonic_intervals import IntervalError, interval_regression
from transform.steps.index_graph import Fit
from transform.steps.panel import Floats

LEAST_MENU_SHARE = 0.2
MOST_ROWS = 20_000


def menu_index(
    points: pl.DataFrame, design: Floats, beside: Fit, n_periods: int, replicates: int, seed: int
) -> Fit | None:
    """Estimate the price line of budgets of which some are menu ranges.

    Args:
        points: One row a budget: `place` (period), `group` (resampled unit), `log_price`, `is_menu`, and its
            bounds `low_value` and `high_value` (null is an open end) in one currency.
        design: Regressors of the same rows, shape (n, K).
        beside: The least-squares fit of the same rows: which periods the regressors leave comparable.
        n_periods: Length T of the calendar.
        replicates: Bootstrap replicates, by one Newton step each.
        seed: Seed of bootstrap and sample.

    Returns:
        The line, all periods in one fit, from at most `MOST_ROWS` budgets drawn at random; ranges typed by
        people and single prices count as known. None where menus are rare or do not identify the model.
    """
    if not points.height or points["is_menu"].mean() < LEAST_MENU_SHARE:  # type: ignore[operator]
        return None
    rows = np.arange(points.height)
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    drawn = points[rows]
    known = np.exp(drawn["log_price"].to_numpy())
    is_menu = drawn["is_menu"].to_numpy()
    low = np.where(is_menu, drawn["low_value"].fill_null(0.0).to_numpy(), known)
    high = np.where(is_menu, drawn["high_value"].fill_null(np.inf).to_numpy(), known)
    place = drawn["place"].to_numpy()
    dummies = np.eye(n_periods)[place]
    try:
        fit = interval_regression(low, high, np.column_stack([dummies, design[rows]]))
    except IntervalError:
        return None
    cluster = drawn["group"].to_numpy()
    weights = np.hstack(list(unit_weights(int(cluster.max()) + 1, replicates, seed)))
    draws = fit.replicates(cluster, weights)[:n_periods]
    logs = np.column_stack([fit.coefficients[:n_periods], draws[:, 1:]])
    component = np.where(np.isfinite(logs[:, 0]), beside.component, -1)
    return replace(beside, logs=logs, component=component)
