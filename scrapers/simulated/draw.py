"""Draw the market: who posts what, when, for how much. Numbers only; texts and notations come later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from scrapers.simulated import planted
from scrapers.simulated.marketplaces import CURRENCIES, MARKETS, Market
from scrapers.simulated.phrases import LANGUAGES, bank
from scrapers.simulated.planted import (
    EVENT_MONTH,
    FIRST_MONTH,
    MEAN_LIFE,
    OCCUPATIONS,
    Floats,
    Ints,
)

Generator = np.random.Generator
Columns = dict[str, np.ndarray]

TRAP_JOBS = 0.05
"""Share of ordinary listings whose work looks like AI work and is none."""
BULK_OCCUPATIONS = np.array([0.30, 0.17, 0.19, 0.13, 0.08, 0.10, 0.03])
DEMO_OCCUPATIONS = np.array([0.44, 0.30, 0.17, 0.03, 0.02, 0.03, 0.01])
"""The demo puts its listings into three occupations, so that their months have enough for charts."""


@dataclass(frozen=True)
class Plan:
    """The market to draw: its months, the marketplaces that take part, and the weight of each occupation."""

    first: date = FIRST_MONTH
    until: date = planted.DEFAULT_UNTIL
    markets: tuple[Market, ...] = MARKETS
    occupations: tuple[float, ...] = tuple(BULK_OCCUPATIONS.tolist())

    @property
    def months(self) -> Ints:
        """Numbers of the months that have listings."""
        return np.arange(
            planted.months_between(FIRST_MONTH, self.first),
            planted.months_between(FIRST_MONTH, self.until) + 1,
        )

    @property
    def last_day(self) -> int:
        """The last day, counted from 1970-01-01."""
        return (self.until - date(1970, 1, 1)).days

    def of_side(self, side: int) -> list[int]:
        """Numbers of the marketplaces of a side."""
        return [number for number, market in enumerate(self.markets) if market.side == side]


def first_days(months: Ints) -> Ints:
    """First day of each month, counted from 1970-01-01."""
    origin = np.datetime64(FIRST_MONTH.isoformat(), "M")
    return (origin + months).astype("datetime64[D]").astype(np.int64)


def months_of(days: Ints) -> Ints:
    """Month of each day, as numbers from `FIRST_MONTH`."""
    origin = np.datetime64(FIRST_MONTH.isoformat(), "M").astype(np.int64)
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - origin


def pick(rng: Generator, weights: Floats, n: int) -> Ints:
    """Draw `n` numbers with the given weights."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.asarray(np.searchsorted(edges, rng.random(n), side="right").clip(0, len(edges) - 1))


def pick_by_market(
    rng: Generator, plan: Plan, market: Ints, options: list[dict[str, float]], names: tuple[str, ...]
) -> Ints:
    """Draw one of `names` for each listing with the weights of its marketplace."""
    edges = np.zeros((len(plan.markets), len(names)))
    for row, weights in enumerate(options):
        for name, weight in weights.items():
            edges[row, names.index(name)] = weight
    edges = np.cumsum(edges, axis=1) / edges.sum(axis=1, keepdims=True)
    u = rng.random(len(market))[:, None]
    return np.asarray((u >= edges[market]).sum(axis=1).clip(0, len(names) - 1))


def _places(rng: Generator, plan: Plan, side: int, n: int) -> tuple[Ints, Columns]:
    """Marketplace, language, currency and country of `n` listings."""
    open_markets = plan.of_side(side)
    weights = np.array([plan.markets[number].weight for number in open_markets])
    market = np.array(open_markets)[pick(rng, weights, n)]
    every = plan.markets
    countries = np.array([len(place.countries) for place in every])
    columns = {
        "market": market,
        "language": pick_by_market(rng, plan, market, [place.languages for place in every], LANGUAGES),
        "currency": pick_by_market(rng, plan, market, [place.currencies for place in every], CURRENCIES),
        "country": (rng.random(n) ** 1.6 * countries[market]).astype(np.int64),
    }
    return market, columns


def _work(rng: Generator, columns: Columns, month: Ints, side: int) -> Columns:
    """The job of each listing and its phrases; `month` is the month the listing came into being."""
    phrases = bank()
    n = len(month)
    occupation = columns["occupation"]
    is_ai = rng.random(n) < planted.ai_share(month, occupation, np.full(n, side))
    kind = np.where(is_ai, 1, np.where(rng.random(n) < TRAP_JOBS, 2, 0))
    job = phrases.draw_jobs(rng.random(n), columns, kind, month, side)
    language = phrases.job_language[job]
    work = {"is_ai": is_ai, "job": job, "language": language}
    work["topic"] = phrases.draw(rng.random(n), phrases.general["topic"][language])
    work["title"] = phrases.draw(rng.random(n), phrases.job_titles[job, side])
    for group, names in planted.MENTIONS.items():
        edges = np.cumsum(planted.mention_shares(group, month, occupation), axis=0)
        number = (rng.random(n) >= edges).sum(axis=0)
        work[group] = np.where(is_ai & (number == 0) & (group == "stance"), len(names), number)
        work[f"u_{group}"] = rng.random(n)
    for name in ("opening", "text", "detail", "words", "closing", "reference"):
        work[f"u_{name}"] = rng.random(n)
    return work


def requests(rng: Generator, plan: Plan, n: int) -> Columns:
    """Draw `n` different requests, sorted by time.

    Returns:
        Columns of length `n`: numbers of marketplace, language, occupation, job and phrases, `month` and
        `day` (from `FIRST_MONTH` and 1970-01-01), `second` of the day, `log_usd` of the middle of the price.
    """
    months = plan.months
    grid = np.stack([planted.volume(months, np.full_like(months, o)) for o in range(len(OCCUPATIONS))])
    grid *= np.array(plan.occupations)[:, None]
    cell = pick(rng, grid.ravel(), n)
    occupation, month = cell // len(months), months[cell % len(months)]
    start = first_days(months[0] + np.arange(len(months) + 1))
    at = month - months[0]
    length = np.minimum(start[at + 1], plan.last_day + 1) - start[at]
    day = start[at] + (rng.random(n) * length).astype(np.int64)
    second = rng.integers(0, 86_400, n)
    order = np.lexsort((second, day))
    occupation, month, day, second = occupation[order], month[order], day[order], second[order]

    market, columns = _places(rng, plan, 0, n)
    columns |= {"occupation": occupation, "month": month, "day": day, "second": second}
    columns |= _work(rng, columns, month, 0)
    hourly = rng.random(n) < np.array([place.hourly for place in plan.markets])[market]
    level = pick(rng, np.array([0.3, 0.5, 0.2]), n)
    spread = np.where(hourly, planted.SPREAD["rate"], planted.SPREAD["budget"])
    mean = np.where(
        hourly,
        planted.log_price("rate", month, occupation, columns["is_ai"]),
        planted.log_price("budget", month, occupation, columns["is_ai"]),
    )
    bids = rng.poisson(planted.mean_bids(month) * rng.gamma(2.0, 0.5, n))
    bid_drift = planted.drift("bid", month) - planted.drift("budget", month)
    log_usd = mean + planted.LEVEL_EFFECT[level] + spread * rng.standard_normal(n)
    return columns | {
        "hourly": hourly,
        "level": level,
        "log_usd": log_usd,
        "duration": pick(rng, np.array([0.3, 0.35, 0.2, 0.15]), n),
        "urgent": rng.random(n) < planted.urgent_share(month),
        "bids": bids,
        "log_asked": np.log(planted.ASKED_FACTOR * planted.delivery_days(month))
        + 0.5 * rng.standard_normal(n),
        "log_bid": log_usd + bid_drift - 0.10 + 0.15 * rng.standard_normal(n),
        "author": (rng.random(n) ** 2 * max(n // 2, 1)).astype(np.int64),
        "shape": rng.random(n),
    }


def offers(rng: Generator, plan: Plan, rows: int) -> tuple[Columns, Ints, Ints]:
    """Draw gigs and the months in which each is seen, until there are `rows` sightings.

    Returns:
        Columns of the gigs, and for each sighting the gig's number and the month; both sorted by gig.
    """
    months = plan.months
    entries = planted.entry_months(months[0], months[-1])
    grid = np.stack([planted.volume(entries, np.full_like(entries, o)) for o in range(len(OCCUPATIONS))])
    grid *= np.array(plan.occupations)[:, None]
    n = int(1.3 * rows * len(entries) / (MEAN_LIFE * len(months))) + 60
    seen = np.zeros(0, dtype=np.int64)
    while seen.sum() < rows:
        cell = pick(rng, grid.ravel(), n)
        occupation, entry = cell // len(entries), entries[cell % len(entries)]
        life = rng.geometric(1.0 / MEAN_LIFE, n)
        lead = pick(rng, planted.LEADS, n)
        seller = np.arange(n) // 3 * 3
        occupation, entry, life = occupation[seller], entry[seller], life[seller]
        start = entry + lead
        first, last = np.maximum(start, months[0]), np.minimum(entry + life - 1, months[-1])
        seen = np.maximum(last - first + 1, 0)
        n *= 2
    n = len(seen)
    kept = int(np.searchsorted(np.cumsum(seen), rows)) + 1
    seen = seen[:kept].copy()
    seen[-1] -= seen.sum() - rows
    gig = np.repeat(np.arange(kept), seen)
    nth = np.arange(rows) - np.repeat(np.cumsum(seen) - seen, seen)
    month = first[:kept][gig] + nth

    market, columns = _places(rng, plan, 1, n)
    columns["occupation"] = occupation
    columns |= _work(rng, columns, np.maximum(start, 0), 1)
    hourly = np.array([place.hourly for place in plan.markets])[market] > 0.5
    spread = np.where(hourly, planted.SPREAD["rate"], planted.SPREAD["ask"])
    entrant = entry >= EVENT_MONTH
    columns |= {
        "hourly": hourly,
        "entry": entry,
        "start": start,
        "log_gig": spread * rng.standard_normal(n) - planted.ENTRANT_DISCOUNT * entrant,
        "log_delivery": 0.45 * rng.standard_normal(n),
        "popularity": rng.gamma(1.2, 2.0, n),
        "rating": 5.0 - rng.gamma(1.5, 0.12, n),
        "author": seller // 3,
        "shape": rng.random(n),
    }
    return {name: values[:kept] for name, values in columns.items()}, gig, month


def noise_that_stays(rng: Generator, gig: Ints, month: Ints, size: float) -> Floats:
    """Noise of each sighting that changes once a quarter only: sellers revise their prices rarely."""
    noise = size * rng.standard_normal(len(gig))
    block = (month + gig) // 3
    new = np.ones(len(gig), dtype=bool)
    new[1:] = (gig[1:] != gig[:-1]) | (block[1:] != block[:-1])
    return np.asarray(noise[np.maximum.accumulate(np.where(new, np.arange(len(gig)), 0))])


def days_of(plan: Plan, month: Ints) -> Ints:
    """The monthly visit of the panel: the 15th, or the last day of the market if that comes first."""
    return np.minimum(first_days(month) + 14, plan.last_day)
