"""Interval regression: budgets chosen from a menu (250-750) say where a price lies, not what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from scrapers.errors import GigsError
from transform.steps.hedonic_ols import independent_columns
from transform.steps.panel import Floats, Ints


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
    known = (low == high) & closed
    log_low = np.log(low, out=np.full(len(low), -np.inf), where=low > 0)
    log_high = np.log(high, out=np.full(len(high), np.inf), where=np.isfinite(high))
    middle = np.where(closed, (log_low + log_high) / 2, np.where(low > 0, log_low, log_high))
    start, *_ = np.linalg.lstsq(used, middle, rcond=None)
    theta = np.r_[start, np.log(max(float((middle - used @ start).std()), 0.05))]

    def negative(at: Floats) -> tuple[float, Floats]:
        value, scores = _likelihood(at, used, log_low, log_high, known)
        return -float(value.sum()), -scores.sum(axis=0)

    found = optimize.minimize(negative, theta, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    at = _newton(np.asarray(found.x), used, log_low, log_high, known)
    _, scores = _likelihood(at, used, log_low, log_high, known)
    information = _information(at, used, log_low, log_high, known)
    coefficients = np.full(design.shape[1], np.nan)
    coefficients[kept] = at[:-1]
    return IntervalRegression(
        coefficients,
        float(np.exp(at[-1])),
        scores,
        np.asarray(np.linalg.inv(information), dtype=np.float64),
        kept,
    )


def _likelihood(
    at: Floats, used: Floats, log_low: Floats, log_high: Floats, known: np.ndarray
) -> tuple[Floats, Floats]:
    """Log likelihood and score of each observation."""
    spread = np.exp(np.clip(at[-1], -12, 6))
    fitted = used @ at[:-1]
    a, b = (log_low - fitted) / spread, (log_high - fitted) / spread
    # Work in the tail where the normal distribution does not round to one.
    flip = a > 0
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_a, log_b = stats.norm.logcdf(a), stats.norm.logcdf(b)
        mass = log_b + np.log1p(-np.exp(log_a - log_b))
        density_a = np.where(np.isfinite(a), np.exp(stats.norm.logpdf(a) - mass), 0.0)
        density_b = np.where(np.isfinite(b), np.exp(stats.norm.logpdf(b) - mass), 0.0)
        pull = (density_a - density_b) * np.where(flip, -1.0, 1.0)
        widen = np.where(np.isfinite(a), a, 0) * density_a - np.where(np.isfinite(b), b, 0) * density_b
        z = np.where(known, (log_low - fitted) / spread, 0.0)
    value = np.where(known, stats.norm.logpdf(z) - np.log(spread), mass)
    by_fit = np.where(known, z, pull) / spread
    by_spread = np.where(known, z**2 - 1.0, widen)
    return value, np.column_stack([used * by_fit[:, None], by_spread])


def _information(at: Floats, used: Floats, log_low: Floats, log_high: Floats, known: np.ndarray) -> Floats:
    """Observed information by central differences of the exact score."""
    size = len(at)
    information = np.zeros((size, size))
    for place in range(size):
        step = np.zeros(size)
        step[place] = 1e-5
        ahead = _likelihood(at + step, used, log_low, log_high, known)[1].sum(axis=0)
        behind = _likelihood(at - step, used, log_low, log_high, known)[1].sum(axis=0)
        information[:, place] = -(ahead - behind) / 2e-5
    return (information + information.T) / 2


def _newton(at: Floats, used: Floats, log_low: Floats, log_high: Floats, known: np.ndarray) -> Floats:
    """Polish the optimum with Newton steps; refuse a point that is none."""
    for _ in range(20):
        score = _likelihood(at, used, log_low, log_high, known)[1].sum(axis=0)
        try:
            step = np.linalg.solve(_information(at, used, log_low, log_high, known), score)
        except np.linalg.LinAlgError as error:
            raise IntervalError("the budgets do not identify the model") from error
        if not np.isfinite(step).all() or abs(at[-1] + step[-1]) > 10:
            raise IntervalError("the budgets do not identify the model")
        at = at + step
        if float(np.abs(step).max()) < 1e-9:
            return at
    raise IntervalError("the likelihood of the budgets has no maximum")
