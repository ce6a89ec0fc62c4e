"""Interval regression: budgets chosen from a menu (250-750) say where a price lies, not what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from scrapers.errors import GigsError
from transform.steps.hedonic_ols import independent_columns
from transform.steps.panel import Floats, Ints

LOG_ROOT = 0.5 * float(np.log(2 * np.pi))


class IntervalError(GigsError):
    """Bounds that cannot be budgets, or a likelihood without a maximum."""


@dataclass(frozen=True)
class IntervalRegression:
    """A censored lognormal model.

    Attributes:
        coefficients: Effects on the log price, shape (K,); NaN for dependent columns.
        spread: Standard deviation of the log price given the regressors.
        scores: Score of each observation, shape (n, kept + 1); the last column is log spread.
        inverse_information: Inverse of the observed information, shape (kept + 1, kept + 1).
        kept: Positions of the columns that were estimated.
    """

    coefficients: Floats
    spread: float
    scores: Floats
    inverse_information: Floats
    kept: Ints

    def covariance(self, cluster: Ints | None = None) -> Floats:
        """Sandwich covariance of the kept coefficients, clustered if codes are given."""
        scores = self.scores if cluster is None else cluster_sums(self.scores, cluster)
        n = len(scores)
        bread = self.inverse_information
        return np.asarray((n / max(n - 1, 1) * bread @ (scores.T @ scores) @ bread)[:-1, :-1])

    def replicates(self, cluster: Ints, multipliers: Floats) -> Floats:
        """Coefficients under bootstrap weights, by one Newton step from the estimate.

        Args:
            cluster: Cluster codes, shape (n,).
            multipliers: Bootstrap weights with mean one, shape (n_clusters, R).

        Returns:
            Shape (K, R). The score bootstrap (Kline and Santos 2012): equal to re-estimation to first order.
        """
        scores = cluster_sums(self.scores, cluster, len(multipliers))
        steps = self.inverse_information @ (scores.T @ (multipliers - 1.0))
        draws = np.repeat(self.coefficients[:, None], multipliers.shape[1], axis=1)
        draws[self.kept] += steps[:-1]
        return draws


def cluster_sums(scores: Floats, cluster: Ints, n_clusters: int | None = None) -> Floats:
    """Sum rows by cluster, shape (n_clusters, K)."""
    count = int(cluster.max()) + 1 if n_clusters is None else n_clusters
    summed = np.zeros((count, scores.shape[1]))
    np.add.at(summed, cluster, scores)
    return summed


def interval_regression(low: Floats, high: Floats, design: Floats) -> IntervalRegression:
    """Fit log price ~ N(design @ b, spread^2) where only low <= price <= high is known.

    Args:
        low: Lower bounds in money, shape (n,); 0 for "under ...".
        high: Upper bounds, shape (n,); infinity for "or more"; equal to `low` where the price is known.
        design: Regressors with full time dummies or a constant, shape (n, K); columns that depend on
            earlier ones are dropped.

    Returns:
        The maximum-likelihood fit (Stewart 1983, Review of Economic Studies 50).

    Raises:
        IntervalError: Bounds are negative, missing or in the wrong order, all are open on the same side, or
            the likelihood has no maximum.
    """
    if not (np.isfinite(low).all() and (low >= 0).all() and (high > 0).all() and (low <= high).all()):
        raise IntervalError("a budget's bounds are negative, missing or in the wrong order")
    closed = (low > 0) & np.isfinite(high)
    if not closed.any():
        raise IntervalError("no budget has two bounds, so nothing says how widely prices spread")
    kept = independent_columns(design)
    used = design[:, kept]
    bounds = _Bounds(
        low=np.log(low, out=np.full(len(low), -np.inf), where=low > 0),
        high=np.log(high, out=np.full(len(high), np.inf), where=np.isfinite(high)),
        known=(low == high) & closed,
    )
    one_sided = np.where(low > 0, bounds.low, bounds.high)
    middle = np.where(
        closed, (np.where(closed, bounds.low, 0) + np.where(closed, bounds.high, 0)) / 2, one_sided
    )
    start, *_ = np.linalg.lstsq(used, middle, rcond=None)
    theta = np.r_[start, np.log(max(float((middle - used @ start).std()), 0.05))]

    def negative(at: Floats) -> tuple[float, Floats]:
        value, by_fit, by_spread = bounds.likelihood(used @ at[:-1], at[-1])
        return -float(value.sum()), -np.r_[by_fit @ used, by_spread.sum()]

    found = optimize.minimize(negative, theta, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    at = _newton(np.asarray(found.x), used, bounds)
    _, by_fit, by_spread = bounds.likelihood(used @ at[:-1], at[-1])
    inverse = np.asarray(np.linalg.inv(bounds.information(at, used)), dtype=np.float64)
    coefficients = np.full(design.shape[1], np.nan)
    coefficients[kept] = at[:-1]
    scores = np.column_stack([used * by_fit[:, None], by_spread])
    return IntervalRegression(coefficients, float(np.exp(at[-1])), scores, inverse, kept)


@dataclass(frozen=True)
class _Bounds:
    """Log bounds of each observation, and whether they are one known price."""

    low: Floats
    high: Floats
    known: np.ndarray

    def likelihood(self, fitted: Floats, log_spread: float) -> tuple[Floats, Floats, Floats]:
        """Log likelihood of each observation, and its slopes by fitted value and by log spread."""
        spread = np.exp(np.clip(log_spread, -12, 6))
        a, b = (self.low - fitted) / spread, (self.high - fitted) / spread
        # Work in the tail where the normal distribution does not round to one.
        flip = a > 0
        a, b = np.where(flip, -b, a), np.where(flip, -a, b)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            log_a, log_b = special.log_ndtr(a), special.log_ndtr(b)
            mass = log_b + np.log1p(-np.exp(log_a - log_b))
            density_a = np.where(np.isfinite(a), np.exp(-(a**2) / 2 - LOG_ROOT - mass), 0.0)
            density_b = np.where(np.isfinite(b), np.exp(-(b**2) / 2 - LOG_ROOT - mass), 0.0)
            pull = (density_a - density_b) * np.where(flip, -1.0, 1.0)
            widen = np.where(np.isfinite(a), a, 0) * density_a - np.where(np.isfinite(b), b, 0) * density_b
            z = np.where(self.known, (self.low - fitted) / spread, 0.0)
        value = np.where(self.known, -(z**2) / 2 - LOG_ROOT - np.log(spread), mass)
        by_fit = np.where(self.known, z, pull) / spread
        return value, by_fit, np.where(self.known, z**2 - 1.0, widen)

    def information(self, at: Floats, used: Floats) -> Floats:
        """Observed information; second slopes are central differences of the exact first ones."""
        fitted, step = used @ at[:-1], 1e-5
        _, right, right_spread = self.likelihood(fitted + step, at[-1])
        _, left, left_spread = self.likelihood(fitted - step, at[-1])
        _, _, wide = self.likelihood(fitted, at[-1] + step)
        _, _, narrow = self.likelihood(fitted, at[-1] - step)
        by_fit, mixed = (right - left) / (2 * step), (right_spread - left_spread) / (2 * step)
        information = np.empty((len(at), len(at)))
        information[:-1, :-1] = -(used.T * by_fit) @ used
        information[:-1, -1] = information[-1, :-1] = -mixed @ used
        information[-1, -1] = -float((wide - narrow).sum()) / (2 * step)
        return information


def _newton(at: Floats, used: Floats, bounds: _Bounds) -> Floats:
    """Polish the optimum with Newton steps; refuse a point that is none."""
    for _ in range(25):
        _, by_fit, by_spread = bounds.likelihood(used @ at[:-1], at[-1])
        score = np.r_[by_fit @ used, by_spread.sum()]
        try:
            step = np.linalg.solve(bounds.information(at, used), score)
        except np.linalg.LinAlgError as error:
            raise IntervalError("the budgets do not identify the model") from error
        if not np.isfinite(step).all() or abs(at[-1] + step[-1]) > 10:
            raise IntervalError("the budgets do not identify the model")
        at = at + step
        if float(np.abs(step).max()) < 1e-8:
            return at
    raise IntervalError("the likelihood of the budgets has no maximum")
