"""Prices as written, read into amounts, currency and pay unit.

How doubts are decided, in this order; what stays open is left open with its reason:

* **A lone separator before three digits** (`1.234`). (1) Another number of the same text shows the decimal
  mark. (2) A currency has at most its ISO 4217 minor digits, so in a price written for people three digits
  are a group (`USD 1.000` and `USD 1,000` are both a thousand), also where the locale's habit says
  otherwise; but for pay by the hour, image or page a habit must agree. Currencies of three minor digits
  (`KWD`), pay by the word or minute, and numbers without any currency follow the habit. (3) The habit is
  the locale's (CLDR), else that of the currency's home; in a bare number of a file it is the point, unless
  the habit says comma. (4) In a range only one reading may be in order. Else the price is `ambiguous`.
* **A sign of many currencies** (`$`, `kr`, `Rs`) is the listing's own currency where it states one, else
  its source's, if the sign may stand for it; else the currency stays open: `bare_symbol`.
* **Two currencies** in one text: the one the listing or its source states; else `conflict`.
* **Zero** means none, as marketplaces use it.
* **A text of more than 500 characters** is prose, not a price: `ambiguous`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from transform.steps.money_currencies import (
    UNKNOWN,
    Candidates,
    decimal_mark,
    home_mark,
    minor_digits,
    read_currency,
)
from transform.steps.money_offers import Offer, PriceShape, Rate, offer_of
from transform.steps.money_text import read_kind, read_price_text
from transform.steps.numbers import LONGEST_TEXT, Written, plain_text
from transform.steps.words import lexicon

PARSER_VERSION = "6"

METHODS = ("single", "range", "open_end", "from", "negotiable", "none")
"""How the amounts of a price were found."""

REASONS = (
    "empty", "negotiable", "no_number", "zero", "negative", "ambiguous",
    "bare_symbol", "unknown_currency", "no_currency", "conflict",
)  # fmt: skip
"""Why there is no amount (first six) or no currency (the others)."""

_FINE_UNITS = frozenset({"hour", "minute", "word", "1000_words", "image", "other"})


@dataclass(frozen=True, slots=True)
class Price:
    """What a price text says.

    Attributes:
        low: lower amount in `currency` per `pay_unit`; None where open; equal to `high` for one amount.
        high: upper amount; None where open.
        currency: ISO 4217 code, or None where the text and its source do not tell.
        pay_unit: one of `money_offers.PAY_UNITS`, or None where nothing says.
        is_from: the amount is where prices start ("from $50").
        is_negotiable: the text says that the price may be discussed.
        method: one of `METHODS`.
        reason: one of `REASONS`; None where both amount and currency are known.
    """

    low: float | None
    high: float | None
    currency: str | None
    pay_unit: str | None
    is_from: bool
    is_negotiable: bool
    method: str
    reason: str | None


_WRITTEN = r"\d{1,12}(?:\.\d\d?)?|[1-9]\d?\d?(?:,\d{3}){1,3}(?:\.\d\d?)?"
_PLAIN = re.compile(
    rf"\s*(?P<mark>[$€£]|USD ?|EUR ?|GBP ?|)(?P<low>{_WRITTEN})"
    rf"(?:(?: - |-)(?P=mark)(?P<high>{_WRITTEN}))?\s*",
    re.ASCII,
)
"""The commonest prices, which need no grammar: most of a large crawl is read by this alone."""


def read_price(
    price_raw: str | None,
    kind_raw: str | None = None,
    currency_raw: str | None = None,
    source_currency: str | None = None,
    locale: str | None = None,
) -> Price:
    """Price that a text states.

    Args:
        price_raw: price as published.
        kind_raw: what the source calls the kind of price; gives the pay unit where the text has none.
        currency_raw: currency that the listing states apart from the price; outranks the source's.
        source_currency: ISO 4217 code that the source documents for its prices.
        locale: BCP 47 tag of the source's number format.
    """
    if price_raw is None:
        return _without_amount("empty", None, kind_raw, currency_raw, source_currency)
    plain = _PLAIN.fullmatch(price_raw)
    if plain is None:
        return _read(price_raw, kind_raw, currency_raw, source_currency, locale)
    mark, low_text, high_text = plain.groups()
    pay_unit = _kind_unit(kind_raw)
    if "," in price_raw and (not mark or pay_unit in _FINE_UNITS):
        return _read(price_raw, kind_raw, currency_raw, source_currency, locale)
    low = float(low_text.replace(",", ""))
    high = float(high_text.replace(",", "")) if high_text else low
    if low > high or not low:
        return _read(price_raw, kind_raw, currency_raw, source_currency, locale)
    currency, reason = _currency(_mark(mark), currency_raw, source_currency)
    method = "range" if high > low else "single"
    return Price(low, high, currency, pay_unit, False, False, method, reason)


def _read(
    price_raw: str,
    kind_raw: str | None,
    currency_raw: str | None,
    source_currency: str | None,
    locale: str | None,
) -> Price:
    stated = (kind_raw, currency_raw, source_currency)
    if len(price_raw) > LONGEST_TEXT:
        return _without_amount("ambiguous", None, *stated)
    shape, numbers = read_price_text(price_raw)
    if not shape.offers:
        return _without_amount(_why_no_amount(price_raw, shape), shape, *stated)
    if shape.is_negative:
        return _without_amount("negative", shape, *stated)
    offer, reason = _choose(shape, numbers, currency_raw, source_currency)
    if offer is None or shape.is_broken:
        return _without_amount(reason or "ambiguous", shape, *stated)
    candidates = offer.currency if offer.currency is not None else shape.loose_currency
    currency, currency_reason = _currency(candidates, currency_raw, source_currency)
    if offer.is_conflict:
        currency, currency_reason = None, "conflict"
    pay_unit = offer.rate.unit if offer.rate else _kind_unit(kind_raw)
    known = frozenset({currency}) if currency else candidates or UNKNOWN
    is_written = candidates is not None or shape.has_words
    usual = decimal_mark(locale, currency)
    habits = Habits(_shown_mark(numbers), usual, home_mark(currency), known, pay_unit, is_written)
    values = _values(offer, numbers, habits)
    factor = _factor(offer.rate, numbers)
    if values is None or factor is None:
        return _without_amount("ambiguous", shape, *stated)
    low, high, method = _bounds(offer, values)
    if low is None and high is None:
        return _without_amount("zero", shape, *stated)
    return Price(
        low=None if low is None else round(low * factor, 6),
        high=None if high is None else round(high * factor, 6),
        currency=currency,
        pay_unit=pay_unit,
        is_from=method == "from",
        is_negotiable="negotiable" in shape.roles,
        method=method,
        reason=currency_reason,
    )


# Prices without an amount


def _why_no_amount(price_raw: str, shape: PriceShape) -> str:
    bare = plain_text(price_raw).strip(".-_:;,'\"[](){}/\\ ")
    if not bare or _is_placeholder(bare):
        return "empty"
    if "negotiable" in shape.roles:
        return "negotiable"
    return "zero" if "free" in shape.roles else "no_number"


@lru_cache(maxsize=1024)
def _is_placeholder(bare: str) -> bool:
    return "none" in lexicon().roles(bare)


def _without_amount(
    reason: str,
    shape: PriceShape | None,
    kind_raw: str | None,
    currency_raw: str | None,
    source_currency: str | None,
) -> Price:
    shape = shape or PriceShape()
    currency, _ = _currency(shape.loose_currency, currency_raw, source_currency)
    pay_unit = shape.rates[0].unit if shape.rates else _kind_unit(kind_raw)
    method = "negotiable" if reason == "negotiable" else "none"
    return Price(None, None, currency, pay_unit, False, "negotiable" in shape.roles, method, reason)


# Currency


@lru_cache(maxsize=256)
def _mark(mark: str) -> Candidates | None:
    return read_currency(mark) if mark.strip() else None


@lru_cache(maxsize=1024)
def _kind_unit(kind_raw: str | None) -> str | None:
    return read_kind(kind_raw) if kind_raw and kind_raw.strip() else None


@lru_cache(maxsize=4096)
def _currency(
    candidates: Candidates | None, currency_raw: str | None, source_currency: str | None
) -> tuple[str | None, str | None]:
    """ISO 4217 code, or None and why, from the text's marks, the listing's currency and the source's."""
    stated = read_currency(currency_raw) if currency_raw and currency_raw.strip() else None
    source = read_currency(source_currency) if source_currency and source_currency.strip() else None
    if candidates == UNKNOWN:
        return None, "unknown_currency"
    if currency_raw and currency_raw.strip() and not stated:
        if candidates and len(candidates) == 1:
            return next(iter(candidates)), None
        return None, "unknown_currency"
    if stated and candidates:
        candidates = candidates & stated
        if not candidates:
            return None, "conflict"
    candidates = candidates or stated
    if candidates is None:
        if source and len(source) == 1:
            return next(iter(source)), None
        return None, "no_currency"
    if len(candidates) > 1 and source and candidates & source:
        candidates = candidates & source
    return (next(iter(candidates)), None) if len(candidates) == 1 else (None, "bare_symbol")


def _choose(
    shape: PriceShape, numbers: list[Written], currency_raw: str | None, source_currency: str | None
) -> tuple[Offer | None, str | None]:
    """The offer that is the price; without one, why: `ambiguous`, or `conflict` of currencies."""
    offers = shape.offers
    if len(offers) == 1:
        return offers[0], None
    plainest = min(offers, key=lambda offer: len(offer.currency) if offer.currency else 0)
    if all(_is_same(plainest, offer, numbers) for offer in offers):
        return plainest, None
    for stated in (currency_raw, source_currency):
        wanted = read_currency(stated) if stated else None
        agreeing = [offer for offer in offers if wanted and offer.currency and offer.currency & wanted]
        if len(agreeing) == 1:
            return agreeing[0], None
    currencies = {offer.currency for offer in offers} - {None}
    if len(offers) == 2 and len(currencies) < 2 and all(len(offer.amounts) == 1 for offer in offers):
        one, other = offers
        if shape.is_list or (one.bound in ("from", "at_least") and other.bound == "at_most"):
            return offer_of(*one.amounts, *other.amounts, rate=one.rate or other.rate), None
    return None, "conflict" if len(currencies) > 1 else "ambiguous"


def _is_same(one: Offer, other: Offer, numbers: list[Written]) -> bool:
    """The other says the same price, in the same currency or less clearly (`$50 (USD 50)`)."""
    mine, theirs = (
        (offer.bound, *((numbers[amount.number], amount.times) for amount in offer.amounts))
        for offer in (one, other)
    )
    agree = one.currency == other.currency or bool((one.currency or UNKNOWN) & (other.currency or UNKNOWN))
    return mine == theirs and agree


# Amounts


@dataclass(frozen=True, slots=True)
class Habits:
    """What tells a decimal mark from a group mark in one text.

    Attributes:
        shown: decimal mark that another number of the text gives away.
        usual: decimal mark of the locale, else of the currency's home.
        home: decimal mark of the currency's home.
        currencies: what the currency may be.
        pay_unit: what is paid for; small units have small prices with many decimals.
        is_written: the text has a currency or words, it is no bare number of a file.
    """

    shown: str | None
    usual: str | None
    home: str | None
    currencies: Candidates
    pay_unit: str | None
    is_written: bool

    def readings(self, written: Written) -> tuple[float, ...]:
        """Readings of a number that the rules of this module leave open; one where they decide."""
        if not written.is_ambiguous:
            return _known(written.value)
        decimal, grouped = _known(written.decimal), _known(written.grouped)
        if self.shown:
            return decimal if self.shown == written.separator else grouped
        follows = None if self.usual is None else decimal if self.usual == written.separator else grouped
        if not self.is_written:
            plain = decimal if written.separator == "." else grouped
            return plain if follows in (None, plain) else decimal + grouped
        if self.pay_unit in ("word", "minute"):
            return follows or (decimal if written.separator == "." else decimal + grouped)
        if self.currencies and minor_digits(self.currencies) < 3:
            groups = any(mark not in (None, written.separator) for mark in (self.usual, self.home))
            return grouped if groups or self.pay_unit not in _FINE_UNITS else decimal + grouped
        return follows or decimal + grouped

    def multiplied(self, written: Written) -> tuple[float, ...]:
        """The same before a multiplier (`1.5k`), which makes a separator the decimal mark."""
        if not written.is_ambiguous:
            return _known(written.value)
        return _known(written.grouped if self.shown and self.shown != written.separator else written.decimal)


def _known(*values: float | None) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def _shown_mark(numbers: list[Written]) -> str | None:
    shown = {number.decimal_mark for number in numbers} - {None}
    return shown.pop() if len(shown) == 1 else None


def _values(offer: Offer, numbers: list[Written], habits: Habits) -> tuple[float, ...] | None:
    """One value an amount, in order and with multipliers; None unless exactly one reading stays."""
    times = [amount.times for amount in offer.amounts]
    readings = [
        habits.readings(numbers[amount.number])
        if amount.times == 1.0
        else habits.multiplied(numbers[amount.number])
        for amount in offer.amounts
    ]
    possible = {values for chosen in product(*readings) if _is_ordered(values := _multiply(chosen, times))}
    return possible.pop() if len(possible) == 1 else None


def _multiply(values: tuple[float, ...], times: list[float]) -> tuple[float, ...]:
    if len(values) == 2 and times[0] == 1.0 and times[1] != 1.0 and values[0] < values[1]:
        times = [times[1], times[1]]  # `10-15k`: the multiplier is said once
    return tuple(value * factor for value, factor in zip(values, times, strict=True))


def _is_ordered(values: tuple[float, ...]) -> bool:
    return len(values) == 1 or values[0] <= values[1] or not values[1]


def _factor(rate: Rate | None, numbers: list[Written]) -> float | None:
    """What makes a price per n words one per 1000 words; None where n has two readings."""
    if rate is None or rate.number is None:
        return 1.0
    words = numbers[rate.number]
    count = words.grouped if words.is_ambiguous else words.value  # nobody counts parts of a word
    return 1000 / count if count else None


def _bounds(offer: Offer, values: tuple[float, ...]) -> tuple[float | None, float | None, str]:
    low: float | None = values[0] or None
    high: float | None = values[-1] or None
    if len(values) == 2:
        if low is None or high is None:
            return low, high, "open_end"
        return low, high, "range" if low < high else "single"
    if offer.bound == "from":
        return low, None, "from"
    if offer.bound == "at_least":
        return low, None, "open_end"
    if offer.bound == "at_most":
        return None, high, "open_end"
    return low, high, "single"
