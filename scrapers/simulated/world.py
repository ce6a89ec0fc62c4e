"""The simulated market as a visitor finds it on one day: new, changed and vanished listings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from scrapers.simulated import planted
from scrapers.simulated.build import offer_records, request_records
from scrapers.simulated.draw import Plan
from scrapers.simulated.marketplaces import MARKETS

HORIZON = date(2026, 12, 31)
"""Offers are drawn to here, so that all days see the same market."""
LIVES_DAYS = 14
"""Days after which a request is no longer shown."""
SHOWN = ("sim_lancehub", "sim_taskharbor")
"""Marketplaces whose requests stand in for those of the real sources."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Job:
    """A request as it stands on the day of the visit.

    `number` is its place in its month's draw and `id` is unique in the market; amounts are in `currency`.
    """

    id: int
    title: str
    description: str
    skills: tuple[str, ...]
    category: str
    subcategory: str
    hourly: bool
    low: float
    high: float
    currency: str
    level: str
    duration: str
    urgent: bool
    country: str
    language: str
    client: str
    posted: datetime
    bids: int
    bid_average: float
    is_ai: bool


@dataclass(frozen=True)
class Gig:
    """An offer as it stands on the day of the visit; the price is in `currency`."""

    id: int
    title: str
    description: str
    skills: tuple[str, ...]
    category: str
    subcategory: str
    price: float
    currency: str
    days: int
    level: str
    country: str
    seller: str
    rating: float | None
    reviews: int
    is_ai: bool


def jobs_on(
    seed: int, day: date, *, salt: int, per_month: int = 600, currencies: tuple[str, ...] = ()
) -> list[Job]:
    """Requests that are shown on a day, newest first.

    From one day to the next new ones appear, proposals grow, every thirteenth changes its price on its third
    day, every seventh is gone after four days, and all are gone after two weeks.

    Args:
        seed: Seed of the market.
        day: The day of the visit, at its end.
        salt: Number of the source, so that two sources do not show the same requests.
        per_month: Requests posted a month.
        currencies: Keep only requests in these currencies; empty keeps all.
    """
    month = planted.months_between(planted.FIRST_MONTH, day)
    found: list[Job] = []
    for number in (month, month - 1):
        if number >= 0:
            found += [
                now
                for job in _month_of_jobs(seed, salt, number, per_month)
                if (not currencies or job.currency in currencies) and (now := _aged(job, day))
            ]
    return sorted(found, key=lambda job: (job.posted, job.id), reverse=True)


def _aged(job: Job, day: date) -> Job | None:
    age = (day - job.posted.date()).days
    lives = 4 if job.id % 7 == 0 else LIVES_DAYS
    if not 0 <= age < lives:
        return None
    job = replace(job, bids=round(job.bids * (1 - math.exp(-(age + 0.5) / 3))))
    if job.id % 13 == 0 and age >= 3:
        return replace(job, low=round(job.low * 1.2), high=round(job.high * 1.2))
    return job


@cache
def _month_of_jobs(seed: int, salt: int, month: int, per_month: int) -> list[Job]:
    first = date(planted.FIRST_MONTH.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    markets = tuple(market for market in MARKETS if market.key in SHOWN)
    plan = Plan(first=first, until=last, markets=markets)
    rng = np.random.default_rng([seed, 9, salt, month])
    frame = request_records(rng, plan, per_month, salt * 10_000_000 + month * 10_000)
    return [_job(row) for row in frame.to_dicts() if row["_sighting"] == "first"]


def _job(row: dict[str, Any]) -> Job:
    return Job(
        id=int(row["native_id"]),
        title=row["title"],
        description=row["description"],
        skills=tuple(row["skills"]),
        category=row["category"],
        subcategory=row["subcategory"],
        hourly=row["_hourly"],
        low=row["_low"],
        high=row["_high"],
        currency=row["currency"],
        level=row["level"],
        duration=row["duration"],
        urgent=row["_is_urgent"],
        country=row["country"],
        language=row["language"],
        client=row["author_id"],
        posted=datetime.fromisoformat(row["posted_raw"]).replace(tzinfo=UTC),
        bids=int(row["bids"] or round(8 + row["_usd"] % 20)),
        bid_average=row["_bid"],
        is_ai=row["_is_ai"],
    )


def gigs_on(seed: int, day: date, *, salt: int, stock: int = 240) -> list[Gig]:
    """Offers that are shown on a day, in a fixed order; prices and reviews change from month to month.

    Args:
        seed: Seed of the market.
        day: The day of the visit.
        salt: Number of the source.
        stock: Offers shown at a time, roughly.
    """
    month = planted.months_between(planted.FIRST_MONTH, day)
    by_month = _months_of_gigs(seed, salt, stock)
    now, later = by_month.get(month, {}), by_month.get(month + 1, {})
    before = by_month.get(month - 1, {})
    shown = [
        gig
        for number, gig in now.items()
        if (number in before or number % 28 < day.day) and (number in later or number % 28 >= day.day)
    ]
    return sorted(shown, key=lambda gig: gig.id * 7919 % 10_007)


@cache
def _months_of_gigs(seed: int, salt: int, stock: int) -> dict[int, dict[int, Gig]]:
    market = tuple(market for market in MARKETS if market.key == "sim_gigbazaar")
    plan = Plan(until=HORIZON, markets=market)
    rng = np.random.default_rng([seed, 10, salt])
    frame = offer_records(rng, plan, stock * len(plan.months), salt * 10_000_000)
    months: dict[int, dict[int, Gig]] = {}
    for row in frame.to_dicts():
        gig = _gig(row)
        months.setdefault(row["_month"], {})[gig.id] = gig
    return months


def _gig(row: dict[str, Any]) -> Gig:
    return Gig(
        id=int(row["native_id"]),
        title=row["title"],
        description=row["description"],
        skills=tuple(row["skills"]),
        category=row["category"],
        subcategory=row["subcategory"],
        price=row["_high"],
        currency=row["currency"],
        days=row["_delivery_days"],
        level=row["author_level"],
        country=row["country"],
        seller=row["author_id"],
        rating=float(row["author_rating"]) if row["author_rating"] else None,
        reviews=int(row["author_reviews"]),
        is_ai=row["_is_ai"],
    )


def age_in_words(posted: datetime, day: date) -> str:
    """How long ago something was posted, as pages say it at the end of a day."""
    hours = int((datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC) - posted).total_seconds() // 3600)
    if hours < 1:
        return "just now"
    if hours < 24:
        return f"{hours} hour{'s' * (hours > 1)} ago"
    return "yesterday" if hours < 48 else f"{hours // 24} days ago"


def slug(title: str) -> str:
    """A title as it stands in an address."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())[:80]
