"""What the published methods make of a planted market, each with its 95% interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transform.steps.bootstrap import log_interval, unit_weights
from transform.steps.hedonic import hedonic_index
from transform.steps.hedonic_intervals import interval_regression
from transform.steps.index_methods import matched_index
from transform.steps.panel import Floats, Ints, Panel
from transform.steps.planted import Truth, draw_budgets, draw_offers, draw_requests
from transform.steps.premium import flag_premium

REPLICATES = 200
APART = 1_000_000_007


@dataclass(frozen=True)
class Estimate:
    """One estimate of a planted effect.

    Attributes:
        effect: Name of the effect and of the method.
        planted: The truth, in log points.
        value: The estimate.
        low: Lower bound of its 95% interval.
        high: Upper bound.
        is_judged: False for a figure that is shown for comparison only.
    """

    effect: str
    planted: float
    value: float
    low: float
    high: float
    is_judged: bool = True


def market_estimates(seed: int, truth: Truth | None = None) -> list[Estimate]:
    """Draw one market and estimate all that was planted in it, with the functions that the marts use."""
    truth = truth or Truth()
    generator = np.random.default_rng([seed, 0])
    # The bootstrap must not draw from the stream that made the market.
    seed += APART
    return [
        *_requests(truth, generator, seed),
        *_offers(truth, generator, seed),
        _budgets(truth, generator, seed),
    ]


def _requests(truth: Truth, generator: np.random.Generator, seed: int) -> list[Estimate]:
    market = draw_requests(truth, generator)
    fit = hedonic_index(
        market.log_price,
        np.column_stack([market.traits, market.flag]),
        market.month,
        market.client,
        truth.months,
        window=25,
        splice="mean",
        replicates=REPLICATES,
        seed=seed,
    )
    clients = np.array([len(np.unique(market.client[market.month == t])) for t in range(truth.months)])
    drift = _change(fit.logs, clients)
    half = market.month >= truth.months - 6
    premium = flag_premium(
        market.log_price[half],
        market.flag[half],
        np.column_stack([np.eye(truth.months)[market.month[half]], market.traits[half]]),
        market.client[half],
        market.accuracy,
    )
    planted = truth.drift * (truth.months - 1)
    return [
        Estimate("price drift of hourly requests (hedonic, rolling, mean splice)", planted, *drift),
        Estimate(
            "AI premium of a half-year (corrected for the classifier)", truth.premium, *premium.corrected
        ),
        Estimate("AI premium of a half-year (as measured)", truth.premium, *premium.raw, is_judged=False),
    ]


def _offers(truth: Truth, generator: np.random.Generator, seed: int) -> list[Estimate]:
    offers = draw_offers(truth, generator)
    # An offer that was there when watching began has an unknown age: not an entrant, nor surely none.
    settled = offers.known | (offers.month >= truth.trial)
    entrant = (offers.known & (offers.age < truth.trial)).astype(np.float64)
    controls = np.column_stack([np.eye(truth.months)[offers.month], np.eye(4)[offers.occupation]])
    gap = flag_premium(offers.log_price[settled], entrant[settled], controls[settled], offers.gig[settled])
    incumbents = settled & (entrant == 0)
    start = int(offers.month[incumbents].min())
    panel = Panel(
        "number",
        tuple(str(month) for month in range(start, truth.months)),
        offers.gig[incumbents],
        offers.month[incumbents] - start,
        offers.log_price[incumbents],
        int(offers.gig.max()) + 1,
    )
    fit = matched_index(panel, "geks-jevons", min_matches=3, replicates=REPLICATES, seed=seed)
    planted = truth.drift * (truth.months - 1 - start)
    return [
        Estimate("entrant discount of offers", -truth.discount, *gap.raw),
        Estimate("price drift of offers (GEKS-Jevons)", planted, *_change(fit.logs, fit.n_matched)),
    ]


def _budgets(truth: Truth, generator: np.random.Generator, seed: int) -> Estimate:
    budgets = draw_budgets(truth, generator)
    months = int(budgets.month.max()) + 1
    design = np.column_stack([np.eye(months)[budgets.month], budgets.traits])
    fit = interval_regression(budgets.low, budgets.high, design)
    weights = next(unit_weights(truth.clients, REPLICATES, seed))
    draws = fit.replicates(budgets.client, weights)[:months]
    clients = np.array([len(np.unique(budgets.client[budgets.month == t])) for t in range(months)])
    change = _change(np.column_stack([fit.coefficients[:months], draws[:, 1:]]), clients)
    planted = truth.drift * (months - 1)
    return Estimate("price drift of menu budgets (interval regression)", planted, *change)


def _change(logs: Floats, n_units: Ints) -> tuple[float, float, float]:
    """Log change from the first to the last period, with its interval."""
    change = logs[-1:] - logs[:1]
    units = np.minimum(n_units[-1:], n_units[:1])
    low, high = log_interval(change[:, 0], change[:, 1:], units)
    return float(change[0, 0]), float(low[0]), float(high[0])
