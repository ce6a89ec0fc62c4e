"""What a flag is worth: the price of AI work, of stances and of newcomers beside comparable listings.

A premium is the coefficient of the flag in a log-price regression with controls and full time dummies. A
classifier that errs shrinks it: with flag F, truth A and controls c, least squares estimates

    premium * E[Cov(F, A | c)] / E[Var(F | c)]

and, where errors do not depend on the price, Cov(F, A | c) = (sensitivity + specificity - 1) Var(A | c).
Without controls the ratio is PPV + NPV - 1 (Aigner 1973, Journal of Econometrics 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from transform.steps.hedonic_ols import Regression, robust_regression
from transform.steps.panel import Floats, Ints

LEAST_POSITIVES, LEAST_NEGATIVES, LEAST_INFORMEDNESS = 30, 200, 0.5
FEWEST_FLAGGED = 10


@dataclass(frozen=True)
class Accuracy:
    """How a classifier did on labelled listings of a random sample.

    Attributes:
        n_positive: Labelled positives.
        n_found: Of them, flagged by the classifier.
        n_negative: Labelled negatives.
        n_passed: Of them, not flagged.
    """

    n_positive: int
    n_found: int
    n_negative: int
    n_passed: int

    @property
    def sensitivity(self) -> float:
        """Share of positives that are flagged."""
        return self.n_found / self.n_positive

    @property
    def specificity(self) -> float:
        """Share of negatives that are not flagged."""
        return self.n_passed / self.n_negative

    def errors(self) -> tuple[float, float]:
        """Standard errors of sensitivity and specificity, each with one success and one failure added."""
        return _error(self.n_found, self.n_positive), _error(self.n_passed, self.n_negative)

    def unsupported(self) -> str | None:
        """Why these labels cannot carry a correction, or None."""
        if self.n_positive < LEAST_POSITIVES or self.n_negative < LEAST_NEGATIVES:
            return f"correction not supported: {self.n_positive} positive, {self.n_negative} negative labels"
        informed = self.sensitivity + self.specificity - 1
        lower = informed - 1.96 * float(np.hypot(*self.errors()))
        if lower < LEAST_INFORMEDNESS:
            return f"correction not supported: sensitivity + specificity - 1 may be as low as {lower:.2f}"
        return None


@dataclass(frozen=True)
class Premium:
    """A premium in log points, as measured and corrected for the classifier's errors.

    Attributes:
        raw: Estimate, lower and upper bound of the 95% interval.
        corrected: The same after division by `attenuation`; NaN where it is not supported.
        attenuation: Expected ratio of the measured to the true premium; NaN likewise.
        n: Listings.
        n_flagged: Listings with the flag.
        note: Why a figure is missing, or None.
    """

    raw: tuple[float, float, float]
    corrected: tuple[float, float, float]
    attenuation: float
    n: int
    n_flagged: int
    note: str | None


NOTHING = (float("nan"), float("nan"), float("nan"))


def flag_premium(
    log_price: Floats, flag: Floats, controls: Floats, cluster: Ints, accuracy: Accuracy | None = None
) -> Premium:
    """Estimate the premium of a flag.

    Args:
        log_price: Shape (n,).
        flag: 0 or 1, shape (n,).
        controls: Time dummies (all of them, they carry the constant) and other regressors, shape (n, K).
        cluster: Codes of clients, gigs or days, shape (n,).
        accuracy: How well the flag was classified; None leaves the corrected premium out.

    Returns:
        The premium, with a note instead of numbers where fewer than ten listings have or lack the flag or
        where the flag depends on the controls.
    """
    n, n_flagged = len(flag), int(flag.sum())
    if min(n_flagged, n - n_flagged) < FEWEST_FLAGGED:
        return Premium(NOTHING, NOTHING, np.nan, n, n_flagged, f"fewer than {FEWEST_FLAGGED} on one side")
    fit = robust_regression(log_price, np.column_stack([controls, flag]), cluster)
    flagged = controls.shape[1]
    if not np.isfinite(fit.covariance[flagged, flagged]):
        return Premium(NOTHING, NOTHING, np.nan, n, n_flagged, "the flag cannot be told from the controls")
    raw = fit.interval(flagged)
    reason = "no accuracy of the classifier is known" if accuracy is None else accuracy.unsupported()
    if accuracy is None or reason:
        return Premium(raw, NOTHING, np.nan, n, n_flagged, reason)
    explained = _explained_variance(flag, controls)
    ratio = attenuation(float(flag.mean()), explained, accuracy.sensitivity, accuracy.specificity)
    if not ratio > 0:
        note = "correction not supported: there are no more flags than false alarms alone would give"
        return Premium(raw, NOTHING, np.nan, n, n_flagged, note)
    return Premium(raw, _corrected(fit, flagged, flag, explained, accuracy, ratio), ratio, n, n_flagged, None)


def attenuation(flagged_share: float, explained: float, sensitivity: float, specificity: float) -> float:
    """Ratio of the measured to the true premium.

    Args:
        flagged_share: Share of listings with the flag.
        explained: Variance of the flag that the controls explain; 0 gives PPV + NPV - 1.
        sensitivity: Share of true cases that are flagged.
        specificity: Share of other cases that are not flagged.

    Returns:
        The ratio; NaN where the flags do not exceed the false alarms.
    """
    informed = sensitivity + specificity - 1
    share = (flagged_share + specificity - 1) / informed
    left = flagged_share * (1 - flagged_share) - explained
    true_left = share * (1 - share) - explained / informed**2
    return informed * true_left / left if true_left > 0 and left > 0 else float("nan")


def _corrected(
    fit: Regression, column: int, flag: Floats, explained: float, accuracy: Accuracy, ratio: float
) -> tuple[float, float, float]:
    """Divide by the attenuation; its uncertainty, that of the labels, enters by the delta method."""
    share = float(flag.mean())
    at = (accuracy.sensitivity, accuracy.specificity)
    variance = 0.0
    for place, error in enumerate(accuracy.errors()):
        step = error / 10
        ahead, behind = list(at), list(at)
        ahead[place] += step
        behind[place] -= step
        slope = (attenuation(share, explained, *ahead) - attenuation(share, explained, *behind)) / (2 * step)
        variance += (slope * error) ** 2
    estimate = float(fit.coefficients[column]) / ratio
    spread = np.sqrt((fit.error(column) / ratio) ** 2 + (estimate / ratio) ** 2 * variance)
    reach = float(special.stdtrit(fit.degrees, 0.975) * spread)
    return (estimate, estimate - reach, estimate + reach) if np.isfinite(reach) else NOTHING


def _explained_variance(flag: Floats, controls: Floats) -> float:
    """Variance of the flag explained by the controls, corrected for their number, not negative."""
    fit = robust_regression(flag, controls)
    kept = np.isfinite(fit.coefficients)
    residual = flag - controls[:, kept] @ fit.coefficients[kept]
    left = float(residual @ residual) / max(len(flag) - int(kept.sum()), 1)
    return max(float(flag.var()) - left, 0.0)


def _error(successes: int, n: int) -> float:
    share = (successes + 1) / (n + 2)
    return float(np.sqrt(share * (1 - share) / n))
