"""The words that readers see for the keys in the marts: one place, one name for a thing."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl

_LABELS = Path(__file__).resolve().parent.parent / "transform" / "seeds" / "ai_categories.csv"
"""The seed that names what the classifier decides: a label that is added there is shown here."""


def _of_kind(kind: str, column: str) -> dict[str, str]:
    """One column of the seed by category, in the order of the positions."""
    with _LABELS.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row["position"]))
    return {row["category"]: row[column] for row in rows if row["kind"] == kind}


def _within_a_sentence(words: str) -> str:
    """Without a capital at the beginning, unless the first word is one of capitals, such as AI."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


AI_CATEGORIES: dict[str, str] = _of_kind("category", "label")

AI_MEANINGS: dict[str, str] = {
    category: _within_a_sentence(meaning) for category, meaning in _of_kind("category", "meaning").items()
}

STANCES: dict[str, str] = _of_kind("stance", "label")

OCCUPATIONS: dict[str, str] = {
    "software_tech": "Software and technology",
    "creative_multimedia": "Creative and multimedia",
    "writing_translation": "Writing and translation",
    "sales_marketing": "Sales and marketing support",
    "professional_services": "Professional services",
    "clerical_data_entry": "Clerical and data entry",
    "microwork": "Microwork",
    "unknown": "Occupation unknown",
}

SIDES: dict[str, str] = {"request": "Requests (clients)", "offer": "Offers (freelancers)"}

SIDE_NOUNS: dict[str, str] = {"request": "requests", "offer": "offers"}

N_OF: dict[str, str] = {"request": "", "offer": "offer-months"}
"""What n counts over several months: an offer counts in every month it is seen."""

PRICE_KINDS: dict[str, str] = {
    "budget": "Fixed budgets",
    "rate": "Hourly rates",
    "ask": "Asking prices",
    "bid": "Average bids",
}

PRICE_MEANINGS: dict[str, str] = {
    "budget": "what a client would pay for a whole job",
    "rate": "pay per hour",
    "ask": "starting price or package of an offer",
    "bid": "average of the bids that a request received",
}

METHODS: dict[str, str] = {
    "hedonic": "Hedonic",
    "hedonic-interval": "Hedonic, menus as ranges",
    "geks-jevons": "GEKS-Jevons",
    "tpd": "Time-product dummy",
    "jevons-direct": "Direct matched pairs",
    "stratified-median": "Stratified median",
    "cell-medians": "Median of cells",
    "jevons-chained": "Chained (a warning)",
    "geks-jevons-incumbents": "Incumbents only",
    "hedonic-first-asks": "Entrants only",
}

METHOD_MEANINGS: dict[str, str] = {
    "hedonic": "compares listings of equal category, source, level, length and client group",
    "hedonic-interval": "the same, but a budget chosen from a menu counts as a range, not as its middle",
    "geks-jevons": "compares the same gigs with themselves between all pairs of months",
    "tpd": "the same gigs again, as one regression on gig and month",
    "jevons-direct": "each period against the base alone, by the gigs seen in both",
    "stratified-median": "median of each stratum, weighted alike in every period",
    "cell-medians": "median of the growth of each cell's median since the base year",
    "jevons-chained": "month-to-month changes multiplied: each small error stays for ever, and lines drift",
    "geks-jevons-incumbents": "only sellers who were there before, by GEKS-Jevons",
    "hedonic-first-asks": "only the first prices of new sellers, by the hedonic model",
}

VERDICTS: dict[str, str] = {
    "adequate": "precise: the 95% interval is within 5% of the figure",
    "wide": "imprecise: the 95% interval is wider than 5%, so it is shown and never ranked",
    "no interval": "without an interval, so it is shown and never ranked",
    "too few": "too few: under 30 prices, not drawn",
    "gap": "a gap: nothing to compare",
}

FLAGS: dict[str, str] = {
    "ai": "AI work",
    "ai_assisted": "Listings that welcome AI tools",
    "human_only": "Listings that demand human work only",
    "entrant": "Sellers in their first three months",
}

FRAMES: dict[str, str] = {
    "full": "all categories",
    "query": "one search",
    "panel": "fixed items, revisited",
    "unknown": "unknown",
}

SOURCES_OF: dict[str, str] = {
    "full": "all sources with a full frame",
    "query": "all sources found by a search",
    "panel": "all panels of fixed items",
    "unknown": "all sources of unknown frame",
}
"""What an index over several sources rests on, by frame."""

COVERAGES: dict[str, str] = {
    "census": "all new listings",
    "capped": "the newest listings up to a limit",
    "unknown": "unknown part of the listings",
}

MODES: dict[str, str] = {
    "open": "open to collect",
    "terms": "allowed by its terms",
    "own": "the operator's own key",
    "import": "imported files",
}

EVENTS: tuple[tuple[date, str], ...] = (
    (date(2022, 7, 12), "Midjourney beta"),
    (date(2022, 11, 30), "ChatGPT"),
    (date(2023, 3, 14), "GPT-4"),
)
"""Public releases that a reader looks for in a line; marks only, no claim of a cause."""


def month(day: date) -> str:
    """A month as readers write it, such as `Nov 2022`."""
    return day.strftime("%b %Y")


def period(first: date, last: date) -> str:
    """A span of months, or the one month when both are the same."""
    return month(first) if month(first) == month(last) else f"{month(first)} to {month(last)}"


def period_of(frame: pl.DataFrame, column: str = "month_on") -> str:
    """The span of months of a frame."""
    days: list[date] = frame[column].drop_nulls().to_list()
    return period(min(days), max(days)) if days else "no month with enough listings"


def method(key: str) -> str:
    """A method's name; one that this version does not know keeps its key."""
    return METHODS.get(key, key.replace("-", " "))


def quarter(day: date) -> str:
    """A quarter, such as `2022-Q4`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarters_of(frame: pl.DataFrame, column: str = "month_on") -> str:
    """The span of quarters of a frame."""
    days: list[date] = frame[column].drop_nulls().to_list()
    if not days:
        return "no quarter with enough listings"
    first, last = quarter(min(days)), quarter(max(days))
    return first if first == last else f"{first} to {last}"


def name_of(key: str) -> str:
    """The readers' name of any key of the marts; unknown keys lose their underscores and nothing else."""
    for names in (AI_CATEGORIES, STANCES, OCCUPATIONS, SIDES, PRICE_KINDS):
        if key in names:
            return names[key]
    return {"any": "Any AI service", "all": "All occupations"}.get(key, key.replace("_", " "))
