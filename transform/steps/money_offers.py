"""What the grammar of price texts finds: amounts, ranges, bounds and rates, whatever the numbers are."""

from __future__ import annotations

from dataclasses import dataclass

from transform.steps.money_currencies import UNKNOWN, Candidates

PAY_UNITS = (
    "hour",
    "project",
    "word",
    "1000_words",
    "day",
    "week",
    "month",
    "year",
    "image",
    "minute",
    "other",
)
"""What an amount may be paid for; `other` is a unit outside this list (page, video, second)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A pay unit named in the text, at tokens `first` to `last`.

    `number` tells which number of the text counts the words in `per 500 words`, where the unit is
    `1000_words`.
    """

    unit: str
    first: int
    last: int
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that is money: the text's number `number`, its multiplier and currency, and its tokens."""

    number: int
    first: int
    last: int
    times: float = 1.0
    currency: Candidates | None = None
    is_conflict: bool = False
    has_plus: bool = False


def amount_of(
    number: int, first: int, last: int, times: float, found: list[tuple[Candidates, bool]], has_plus: bool
) -> Amount:
    """An amount with what the marks beside it agree on.

    Marks that are also words (`fr`, from or franc) are weak: they count only where no other mark stands.
    """
    strong = [mark for mark, is_weak in found if not is_weak] or [mark for mark, _ in found]
    if not strong:
        return Amount(number, first, last, times, None, False, has_plus)
    agreed = frozenset.intersection(*strong)
    is_conflict = not agreed and UNKNOWN not in strong
    return Amount(number, first, last, times, agreed, is_conflict, has_plus)


@dataclass(frozen=True, slots=True)
class Offer:
    """One amount, or two joined as a range, with the bound and the rate that stand beside it.

    `currency` holds the currencies that every mark beside its amounts allows, None without a mark;
    `is_conflict` tells that the marks exclude each other.
    """

    amounts: tuple[Amount, ...]
    currency: Candidates | None
    is_conflict: bool
    bound: str | None = None
    rate: Rate | None = None


def offer_of(*amounts: Amount, bound: str | None = None, rate: Rate | None = None) -> Offer:
    """Put amounts together: their marks must agree."""
    found = [amount.currency for amount in amounts if amount.currency is not None]
    currency = frozenset.intersection(*found) if found else None
    is_conflict = any(amount.is_conflict for amount in amounts) or (not currency and any(found))
    return Offer(amounts, currency, is_conflict, bound, rate)


@dataclass(frozen=True, slots=True)
class PriceShape:
    """What the grammar finds in a price text, whatever its numbers are.

    `is_broken` tells that a number stands right beside an amount without being part of it, as when a
    number is written in a way we do not know.
    """

    offers: tuple[Offer, ...] = ()
    rates: tuple[Rate, ...] = ()
    loose_currency: Candidates | None = None
    roles: frozenset[str] = frozenset()
    is_list: bool = False
    has_words: bool = False
    is_negative: bool = False
    is_broken: bool = False
