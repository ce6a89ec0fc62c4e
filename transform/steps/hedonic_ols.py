"""Least squares with standard errors that survive unequal variances and clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from transform.steps.panel import Floats, Ints


@dataclass(frozen=True)
class Regression:
    """A fitted linear model.

    Attributes:
        coefficients: Shape (K,); NaN for a column that depends on earlier ones.
        covariance: Robust covariance, shape (K, K); NaN likewise.
        degrees: Degrees of freedom for t intervals: clusters - 1, or n - K without clusters.
        n: Number of observations.
    """

    coefficients: Floats
    covariance: Floats
    degrees: int
    n: int

    def interval(self, column: int, level: float = 0.95) -> tuple[float, float, float]:
        """Estimate, lower and upper bound of one coefficient; NaN bounds without degrees of freedom."""
        estimate = float(self.coefficients[column])
        if self.degrees < 1:
            return estimate, np.nan, np.nan
        reach = float(special.stdtrit(self.degrees, 0.5 + level / 2) * self.error(column))
        return estimate, estimate - reach, estimate + reach

    def error(self, column: int) -> float:
        """Robust standard error of one coefficient."""
        return float(np.sqrt(self.covariance[column, column]))


def robust_regression(outcome: Floats, design: Floats, cluster: Ints | None = None) -> Regression:
    """Least squares with HC1 or cluster-robust (CR1) covariance.

    Args:
        outcome: Shape (n,).
        design: Regressors with the constant or full time dummies among them, shape (n, K); a column that
            depends on earlier ones is dropped. Numbers should be centred and scaled (`hedonic_design`).
        cluster: Cluster codes, shape (n,); None gives HC1 (White 1980 with n / (n - K)).

    Returns:
        The fit. CR1 scales by G / (G - 1) * (n - 1) / (n - K) (Cameron and Miller 2015, section II).
    """
    n, n_columns = design.shape
    coefficients = np.full(n_columns, np.nan)
    covariance = np.full((n_columns, n_columns), np.nan)
    kept = independent_columns(design)
    used = design[:, kept]
    gram = used.T @ used
    slopes = linalg.solve(gram, used.T @ outcome, assume_a="pos")
    coefficients[kept] = slopes
    scores = used * (outcome - used @ slopes)[:, None]
    spare = n - len(kept)
    if cluster is None:
        degrees, factor = spare, n / max(spare, 1)
    else:
        codes = np.unique(cluster, return_inverse=True)[1].reshape(-1)
        if (codes[1:] < codes[:-1]).any():
            order = np.argsort(codes, kind="stable")
            codes, scores = codes[order], scores[order]
        starts = np.searchsorted(codes, np.arange(int(codes[-1]) + 1))
        scores = np.add.reduceat(scores, starts, axis=0)
        degrees = len(scores) - 1
        factor = len(scores) / max(degrees, 1) * (n - 1) / max(spare, 1)
    bread = linalg.inv(gram)
    if degrees >= 1 and spare >= 1:
        covariance[np.ix_(kept, kept)] = factor * bread @ (scores.T @ scores) @ bread
    return Regression(coefficients, covariance, degrees, n)


def independent_columns(design: Floats) -> Ints:
    """Positions of columns that do not depend linearly on earlier ones (Gram-Schmidt on cross products)."""
    size = np.sqrt((design**2).sum(axis=0))
    scale = np.where(size > 0, size, 1.0)
    gram = design.T @ design / np.outer(scale, scale)
    kept: list[int] = []
    for column in np.flatnonzero(size > 0):
        left = 1.0
        if kept:
            beside = gram[kept, column]
            left = 1.0 - float(beside @ np.linalg.solve(gram[kept][:, kept], beside))
        if left > 1e-9:
            kept.append(int(column))
    return np.array(kept, dtype=np.int64)
