"""A small market whose truth is known: does the method find what was put in?

Hourly requests with client effects and a mix that moves (more experts, longer texts, more AI work), menu
budgets, and offers that are watched every month, enter below the others' prices and leave. The classifier's
flags are wrong at a known rate, and what is known of that rate comes from a finite labelled sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transform.steps.panel import Floats, Ints
from transform.steps.premium import Accuracy

MENU = np.array([0, 30, 75, 150, 250, 500, 1000, np.inf])


@dataclass(frozen=True)
class Truth:
    """What is planted, and the size of the market.

    Attributes:
        drift: Monthly log change of quality-adjusted prices, requests and offers alike.
        premium: Log premium of AI work.
        discount: Log discount of offers in their first months.
        trial: Months for which an offer counts as an entrant.
        sensitivity: Share of AI listings that the classifier flags.
        specificity: Share of other listings that it does not flag.
        months: Months observed.
        requests: Hourly requests a month, and as many budgets.
        clients: Clients who post them.
        gigs: Offers alive in a month.
        exits: Share of offers that leave each month, replaced by entrants.
        labelled: Listings labelled to measure the classifier, positives and negatives.
    """

    drift: float = 0.006
    premium: float = 0.20
    discount: float = 0.15
    trial: int = 3
    sensitivity: float = 0.90
    specificity: float = 0.99
    months: int = 30
    requests: int = 100
    clients: int = 700
    gigs: int = 160
    exits: float = 0.08
    labelled: tuple[int, int] = (400, 4000)


@dataclass(frozen=True)
class Requests:
    """Hourly requests; arrays of one entry a request.

    Attributes:
        month: 0 .. months - 1.
        client: Client codes.
        log_price: Log hourly rate.
        traits: Occupation, level and country dummies and log text length, shape (n, K).
        flag: The classifier's AI flag.
        accuracy: What labels tell of the classifier.
    """

    month: Ints
    client: Ints
    log_price: Floats
    traits: Floats
    flag: Floats
    accuracy: Accuracy


@dataclass(frozen=True)
class Budgets:
    """Fixed-price requests whose budget was chosen from a menu: only bounds are known."""

    month: Ints
    client: Ints
    low: Floats
    high: Floats
    traits: Floats


@dataclass(frozen=True)
class Offers:
    """Offers as seen every month; `age` counts months since the first sighting, `known` if that was seen."""

    month: Ints
    gig: Ints
    log_price: Floats
    occupation: Ints
    age: Ints
    known: np.ndarray


def draw_requests(truth: Truth, generator: np.random.Generator) -> Requests:
    """Draw hourly requests and the classifier's flags."""
    month, client, traits, effects = _posts(truth, generator)
    progress = month / max(truth.months - 1, 1)
    technical = traits[:, 0]
    is_ai = generator.random(len(month)) < 0.04 + 0.10 * progress + 0.06 * technical
    log_price = 3.2 + effects + truth.drift * month + truth.premium * is_ai
    flagged_share = np.where(is_ai, truth.sensitivity, 1 - truth.specificity)
    flag = (generator.random(len(month)) < flagged_share).astype(np.float64)
    positive, negative = truth.labelled
    accuracy = Accuracy(
        positive,
        int(generator.binomial(positive, truth.sensitivity)),
        negative,
        int(generator.binomial(negative, truth.specificity)),
    )
    return Requests(month, client, log_price, traits, flag, accuracy)


def draw_budgets(truth: Truth, generator: np.random.Generator) -> Budgets:
    """Draw budgets as the bounds of a menu."""
    month, client, traits, effects = _posts(truth, generator)
    place = np.digitize(np.exp(5.2 + effects + truth.drift * month), MENU) - 1
    return Budgets(month, client, MENU[place], MENU[place + 1], traits)


def draw_offers(truth: Truth, generator: np.random.Generator) -> Offers:
    """Draw offers that are watched, enter with a discount, and change their prices now and then."""
    leaves = generator.random((truth.months, truth.gigs)) < truth.exits
    # A place whose gig leaves is taken by a new one in the next month.
    generation = np.vstack([np.zeros(truth.gigs, dtype=np.int64), np.cumsum(leaves[:-1], axis=0)])
    place = np.broadcast_to(np.arange(truth.gigs), generation.shape)
    month = np.broadcast_to(np.arange(truth.months)[:, None], generation.shape)
    gig = np.unique((place * (truth.months + 1) + generation).ravel(), return_inverse=True)[1].reshape(-1)
    month = month.ravel()
    first = np.full(int(gig.max()) + 1, truth.months)
    np.minimum.at(first, gig, month)
    age = month - first[gig]
    occupation = generator.integers(0, 4, len(first))
    own = 3.5 + 0.2 * occupation + generator.normal(0, 0.5, len(first))
    wander = generator.normal(0, 0.08, len(gig))
    entrant = (first[gig] > 0) & (age < truth.trial)
    log_price = own[gig] + truth.drift * month + wander - truth.discount * entrant
    return Offers(month, gig, log_price, occupation[gig], age, first[gig] > 0)


def _posts(truth: Truth, generator: np.random.Generator) -> tuple[Ints, Ints, Floats, Floats]:
    """Months, clients, traits and the part of the log price that traits, clients and chance explain."""
    n = truth.months * truth.requests
    month = np.repeat(np.arange(truth.months), truth.requests)
    client = generator.integers(0, truth.clients, n)
    progress = month / max(truth.months - 1, 1)
    technical = generator.random(n) < 0.35
    writing = ~technical & (generator.random(n) < 0.5)
    expert = generator.random(n) < 0.2 + 0.3 * progress
    entry = ~expert & (generator.random(n) < 0.4)
    abroad = generator.random(n) < 0.5
    length = generator.normal(5.0 + 0.2 * progress, 0.8)
    traits = np.column_stack([technical, writing, expert, entry, abroad, length]).astype(np.float64)
    effects = traits @ np.array([0.30, -0.15, 0.45, -0.25, -0.20, 0.06])
    effects += generator.normal(0, 0.2, truth.clients)[client] + generator.normal(0, 0.35, n)
    return month, client, traits, effects
