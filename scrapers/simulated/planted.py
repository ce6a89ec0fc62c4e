"""What the simulated market really does: the truths that the pipeline has to find again.

Every effect is a plain function of month, occupation and side. The market is drawn from these functions, and
`truth.json` is written from the same functions, so the two cannot part.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FIRST_MONTH = date(2019, 1, 1)
DEFAULT_UNTIL = date(2026, 6, 30)
EVENT = date(2022, 11, 30)
"""Release of ChatGPT."""

OCCUPATIONS = (
    "software_development_and_technology",
    "writing_and_translation",
    "creative_and_multimedia",
    "sales_and_marketing_support",
    "professional_services",
    "clerical_and_data_entry",
    "microwork",
)
SIDES = ("request", "offer")
KINDS = ("budget", "rate", "ask", "bid")
MENTIONS = {
    "stance": ("human_only", "ai_assisted", "ai_disclosure"),
    "human": ("creativity", "strategic_thinking", "communication", "critical_thinking", "brand_voice"),
    "trust": ("originality", "copyright", "oversight"),
    "trap": ("ai_client", "illustrator", "not_a_bot", "prompt_reply", "words"),
}
"""What a listing may mention beside its work, by group: at most one of each."""

# One value an occupation, in the order of OCCUPATIONS.
AI_SHARE_BEFORE = np.array([0.035, 0.010, 0.010, 0.012, 0.015, 0.012, 0.060])
AI_SHARE_AFTER = np.array([0.260, 0.230, 0.240, 0.180, 0.130, 0.090, 0.160])
VOLUME_FALL = np.array([0.00, 0.40, 0.25, 0.10, 0.00, 0.20, 0.00])
PRICE_FALL = np.array([0.00, 0.20, 0.12, 0.05, 0.00, 0.08, 0.00])
AI_PREMIUM = np.array([0.20, 0.12, 0.10, 0.15, 0.18, 0.08, 0.10])
BASE_USD = {
    "budget": np.array([900.0, 180.0, 300.0, 350.0, 700.0, 120.0, 40.0]),
    "rate": np.array([42.0, 24.0, 28.0, 22.0, 45.0, 11.0, 8.0]),
    "ask": np.array([160.0, 45.0, 60.0, 80.0, 140.0, 25.0, 15.0]),
}
SPREAD = {"budget": 0.85, "rate": 0.38, "ask": 0.55}
"""Standard deviation of the log price around its mean."""

DRIFT_BEFORE = {"budget": 0.0015, "rate": 0.0030, "ask": 0.0020, "bid": 0.0005}
DRIFT_AFTER = {"budget": -0.0025, "rate": 0.0005, "ask": -0.0040, "bid": -0.0040}
"""Change of the log price in USD a month, before and after the event."""

ENTRANT_DISCOUNT = 0.15
"""Log points that sellers who enter after the event ask less than those who were there before."""

MEAN_LIFE = 14
"""Months that a seller stays, on average; the chance to leave is the same in every month."""
LEADS = np.array([5, 2, 2]) / 9
"""Shares of gigs that appear 0, 1 and 2 months after their seller."""

LEVEL_EFFECT = np.array([-0.30, 0.0, 0.35])
FULL_FALL_MONTHS = 24
"""Months until falls of volume and price of the exposed occupations are complete."""

OFFER_AI_FACTOR = 1.2
TRAP_SHARE = 0.04
ASKED_FACTOR = 1.5
"""Days that requests ask for, against the days that sellers promise."""
URGENT_BEFORE, URGENT_AFTER = 0.05, 0.10
DELIVERY_DAYS_START, DELIVERY_LOG_DRIFT = 5.5, -0.007
BIDS_START, BIDS_LOG_DRIFT = 9.0, 0.010


def months_between(first: date, last: date) -> int:
    """Whole months from one date's month to the other's."""
    return (last.year - first.year) * 12 + last.month - first.month


EVENT_MONTH = months_between(FIRST_MONTH, EVENT) + 1
"""Number of the first month after the event; months count from 0 at `FIRST_MONTH`."""


def month_name(month: int) -> str:
    """A month's number as `2024-05`."""
    year, rest = divmod(month, 12)
    return f"{FIRST_MONTH.year + year}-{rest + 1:02d}"


def _since_event(month: Ints) -> Floats:
    return np.maximum(np.asarray(month) - EVENT_MONTH + 1, 0).astype(np.float64)


def _phase(month: Ints) -> Floats:
    return np.minimum(_since_event(month) / FULL_FALL_MONTHS, 1.0)


def ai_share(month: Ints, occupation: Ints, side: Ints) -> Floats:
    """Share of listings that ask for or offer an AI service; jumps at the event, then rises more slowly."""
    grown = np.where(_since_event(month) > 0, 1.0 - 0.75 * np.exp(-(_since_event(month) - 1) / 18.0), 0.0)
    low, high = AI_SHARE_BEFORE[occupation], AI_SHARE_AFTER[occupation]
    return np.asarray((low + (high - low) * grown) * np.where(side == 1, OFFER_AI_FACTOR, 1.0))


def volume(month: Ints, occupation: Ints) -> Floats:
    """New listings a month relative to an occupation's own start: a mild rise, and the planted fall."""
    return np.asarray(np.exp(0.003 * np.asarray(month)) * (1.0 - VOLUME_FALL[occupation] * _phase(month)))


def drift(kind: str, month: Ints) -> Floats:
    """Log price of a kind against the first month, the same for all occupations."""
    before = np.minimum(month, EVENT_MONTH) * DRIFT_BEFORE[kind]
    return np.asarray(before + np.maximum(np.asarray(month) - EVENT_MONTH, 0) * DRIFT_AFTER[kind])


def exposed_price(month: Ints, occupation: Ints) -> Floats:
    """Further change of the log price in the occupations that ChatGPT touches."""
    return np.asarray(np.log1p(-PRICE_FALL[occupation] * _phase(month)))


def log_price(kind: str, month: Ints, occupation: Ints, is_ai: Flags) -> Floats:
    """Mean of the log price in USD of a listing of middle level."""
    base = np.log(BASE_USD[kind])[occupation]
    return np.asarray(
        base + drift(kind, month) + exposed_price(month, occupation) + AI_PREMIUM[occupation] * is_ai
    )


def mention_shares(group: str, month: Ints, occupation: Ints) -> Floats:
    """Share of listings that carry each mention of a group; `human_only` counts among ordinary work alone.

    Returns:
        Array of shape (mentions of the group, listings).
    """
    touched, phase = np.isin(occupation, (1, 2)), _phase(month)
    after = _since_event(month) > 0
    if group != "stance":
        total = {
            "trap": np.full_like(phase, TRAP_SHARE),
            "human": 0.06 + np.where(touched, 0.10, 0.02) * phase,
            "trust": 0.01 + np.where(touched, 0.06, 0.01) * phase,
        }[group]
        n_mentions = len(MENTIONS[group])
        return np.tile(total / n_mentions, (n_mentions, 1))
    human = np.where(after, np.where(touched, 0.06, 0.015) + 0.04 * phase * touched, 0.002)
    return np.stack([human, (0.02 + 0.05 * phase) * after, (0.005 + 0.015 * phase) * after])


def urgent_share(month: Ints) -> Floats:
    """Share of requests marked urgent."""
    return np.where(_since_event(month) > 0, URGENT_AFTER, URGENT_BEFORE)


def delivery_days(month: Ints) -> Floats:
    """Median days in which sellers promise to deliver, before rounding to whole days."""
    return np.asarray(DELIVERY_DAYS_START * np.exp(DELIVERY_LOG_DRIFT * np.asarray(month)))


def mean_bids(month: Ints) -> Floats:
    """Mean number of proposals a request."""
    return np.asarray(BIDS_START * np.exp(BIDS_LOG_DRIFT * np.asarray(month)))


def entry_months(first: int, last: int) -> Ints:
    """Months in which sellers enter: some before the first month, so that the market does not start empty."""
    return np.arange(first - 3 * MEAN_LIFE, last + 1)


def _stock(months: Ints, occupation: int) -> tuple[Ints, Floats]:
    """Months of entry, and expected number of an entry's gigs by how late they came, in each month.

    Returns:
        Entry months, and weights of shape (months, entries, leads) that sum to 1 in each month.
    """
    entries = entry_months(int(months[0]), int(months[-1]))
    age = months[:, None] - entries[None, :]
    stays = np.where(age >= 0, (1.0 - 1.0 / MEAN_LIFE) ** np.maximum(age, 0), 0.0)
    came = age[:, :, None] >= np.arange(len(LEADS))
    weights = stays[:, :, None] * came * LEADS * volume(entries, np.full_like(entries, occupation))[:, None]
    return entries, np.asarray(weights / weights.sum(axis=(1, 2), keepdims=True))


def ai_share_of_stock(months: Ints, occupation: int) -> Floats:
    """Expected share of AI services among the offers seen in each month: old gigs stay what they were."""
    entries, weights = _stock(months, occupation)
    start = np.maximum(entries[:, None] + np.arange(len(LEADS)), 0)
    share = ai_share(start, np.full_like(start, occupation), np.ones_like(start))
    return np.asarray((weights * share).sum(axis=(1, 2)))


def entrant_gap(months: Ints, occupation: int) -> Floats:
    """Expected log price of sellers who enter in a month against all others seen in it.

    Only those who came after the event ask less, so the gap opens at the event and closes as they become
    the majority.
    """
    entries, weights = _stock(months, occupation)
    by_entry = weights.sum(axis=2)
    is_new = entries[None, :] == months[:, None]
    is_cheap = (entries >= EVENT_MONTH)[None, :]
    others = (by_entry * ~is_new * is_cheap).sum(axis=1) / (by_entry * ~is_new).sum(axis=1)
    return np.asarray(-ENTRANT_DISCOUNT * ((months >= EVENT_MONTH) - others))


def _mentioned(group: str, number: int, months: Ints, occupation: int) -> Floats:
    """Share of a month's requests that carry a mention."""
    cells = np.full_like(months, occupation)
    share = mention_shares(group, months, cells)[number]
    is_human_only = (group, number) == ("stance", 0)
    return np.asarray(share * (1 - ai_share(months, cells, 0 * months)) if is_human_only else share)


def truths(first: date, until: date) -> dict[str, Any]:
    """All planted truths from a month to another, as plain values for `truth.json`.

    Months are the keys. `ai_share_of_new` is the share among listings that begin in the month (requests
    posted, gigs opened); `price_index` is what a like listing costs, 100 in the first month, to be multiplied
    by `price_factor_of_exposed` for the occupation.
    """
    months = np.arange(months_between(FIRST_MONTH, first), months_between(FIRST_MONTH, until) + 1)
    month_names = [month_name(int(month)) for month in months]
    every = range(len(OCCUPATIONS))

    def line(values: Floats) -> dict[str, float]:
        return {name: round(float(value), 6) for name, value in zip(month_names, values, strict=True)}

    def cells(side: int) -> dict[str, dict[str, float]]:
        return {
            OCCUPATIONS[o]: line(ai_share(months, np.full_like(months, o), np.full_like(months, side)))
            for o in every
        }

    return {
        "event": EVENT.isoformat(),
        "ai_share_of_new": {name: cells(side) for side, name in enumerate(SIDES)},
        "price_index": {
            kind: line(100 * np.exp(drift(kind, months) - drift(kind, months[:1]))) for kind in KINDS
        },
        "price_factor_of_exposed": {
            OCCUPATIONS[o]: line(np.exp(exposed_price(months, np.full_like(months, o)))) for o in every
        },
        "volume_factor": {
            OCCUPATIONS[o]: line(volume(months, np.full_like(months, o)) / np.exp(0.003 * months))
            for o in every
        },
        "ai_premium_log": dict(zip(OCCUPATIONS, AI_PREMIUM.tolist(), strict=True)),
        "entrant_discount_log": ENTRANT_DISCOUNT,
        "ai_share_of_offers_seen": {OCCUPATIONS[o]: line(ai_share_of_stock(months, o)) for o in every},
        "entrant_gap_log": {OCCUPATIONS[o]: line(entrant_gap(months, o)) for o in every},
        "delivery_days_median": line(delivery_days(months)),
        "asked_days_median": line(ASKED_FACTOR * delivery_days(months)),
        "bids_mean": line(mean_bids(months)),
        "urgent_share": line(urgent_share(months)),
        "mention_share_of_requests": {
            group: {
                name: {OCCUPATIONS[o]: line(_mentioned(group, number, months, o)) for o in every}
                for number, name in enumerate(names)
            }
            for group, names in MENTIONS.items()
            if group != "trap"
        },
    }
