"""Questions about single listings: a page of a filtered list, and one listing whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.release import Question, Value

PAGE = 50
"""Rows a page."""

COUNT_LIMIT = 10_000
"""Beyond this many hits the count says "more than"."""


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the list by; null or empty means all.

    Attributes:
        is_simulated: Which world.
        side: `request` or `offer`.
        source: Source key.
        occupation: Occupation key.
        category: AI category key, `any` for all AI services, `none` for the rest.
        price_kind: Price kind.
        words: Text that title or skills must hold, any case.
        in_descriptions: Look in descriptions too.
    """

    is_simulated: bool
    side: str | None = None
    source: str | None = None
    occupation: str | None = None
    category: str | None = None
    price_kind: str | None = None
    words: str = ""
    in_descriptions: bool = False

    def where(self) -> tuple[str, Mapping[str, Value]]:
        """The condition in SQL and its parameters."""
        terms = ["is_simulated = $is_simulated"]
        values: dict[str, Value] = {"is_simulated": self.is_simulated}
        for column in ("side", "source", "occupation", "price_kind"):
            value = getattr(self, column)
            if value:
                terms.append(f"{column} = ${column}")
                values[column] = value
        if self.category == "any":
            terms.append("is_ai")
        elif self.category == "none":
            terms.append("not is_ai")
        elif self.category:
            terms.append(
                "listing_id in (select listing_id from listing_ai_categories where category = $category)"
            )
            values["category"] = self.category
        if self.words.strip():
            places = ["title", "array_to_string(skills, ' ')"]
            if self.in_descriptions:
                places.append("description")
            terms.append("(" + " or ".join(f"contains(lower({place}), $words)" for place in places) + ")")
            values["words"] = self.words.strip().lower()
        return " and ".join(terms), values


def count(filters: Filters) -> Question:
    """How many listings pass, counted up to `COUNT_LIMIT` + 1."""
    where, values = filters.where()
    return Question(
        "listings",
        f"""
        select count(*) as n
        from (
          select 1
          from listings
          where {where}
          limit {COUNT_LIMIT + 1}
        )""",
        values,
    )


def page(filters: Filters, number: int, rows: int = PAGE) -> Question:
    """One page of the list, the newest month first; `number` counts from 1.

    The rows are chosen first, so that texts are read of one page alone.
    """
    where, values = filters.where()
    return Question(
        "listings",
        f"""
        select listing_id, month_on, title, side, source, occupation, ai_category, price_kind, price,
          currency, pay_unit, price_usd, country, language,
          case when starts_with(url, 'https://') or starts_with(url, 'http://') then url end as url
        from listings
        where rowid in (
          select rowid
          from listings
          where {where}
          order by month_on desc nulls last, rowid
          limit {rows:d} offset {(number - 1) * rows:d}
        )
        order by month_on desc nulls last, rowid""",
        values,
    )


def one(listing_id: str) -> Question:
    """One listing, whole."""
    return Question(
        "listings", "select * from listings where listing_id = $listing_id", {"listing_id": listing_id}
    )


def tags(listing_id: str) -> Question:
    """AI categories of one listing, with the words that decided."""
    return Question(
        "listing_ai_categories",
        """
        select category, rank, evidence
        from listing_ai_categories
        where listing_id = $listing_id
        order by rank""",
        {"listing_id": listing_id},
    )
