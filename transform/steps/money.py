"""Prices as written, read into amounts, currency and pay unit."""

import re
from dataclasses import dataclass

PARSER_VERSION = "0"


@dataclass(frozen=True, slots=True)
class Price:
    """What a price text says.

    Attributes:
        low: lower amount in `currency` per `pay_unit`; None where open; equal to `high` for one amount.
        high: upper amount; None where open.
        currency: ISO 4217 code, or None where the text and its source do not tell.
        pay_unit: hour, project, word, 1000_words, day, week, month, year, image, minute, other; or None.
        is_from: the amount is where prices start ("from $50").
        is_negotiable: the text says that the price may be discussed.
        method: how the amounts were found: `single`, `range`, `open_end`, `from`, `negotiable`, `none`.
        reason: why there is no amount or no currency; None where both are known.
    """

    low: float | None
    high: float | None
    currency: str | None
    pay_unit: str | None
    is_from: bool
    is_negotiable: bool
    method: str
    reason: str | None


_PLAIN = re.compile(r"\s*(?P<low>\d+(?:\.\d{1,2})?)(?:\s*-\s*(?P<high>\d+(?:\.\d{1,2})?))?\s*")


def read_price(
    price_raw: str | None,
    kind_raw: str | None = None,
    currency_raw: str | None = None,
    source_currency: str | None = None,
    locale: str | None = None,
) -> Price:
    """Price that a text states (plain decimals only so far)."""
    currency = currency_raw or source_currency
    if price_raw is None or not price_raw.strip():
        return Price(None, None, None, None, False, False, "none", "empty")
    match = _PLAIN.fullmatch(price_raw)
    if not match:
        return Price(None, None, None, None, False, False, "none", "ambiguous")
    low = float(match["low"])
    high = float(match["high"] or low)
    if not high:
        return Price(None, None, currency, None, False, False, "none", "zero")
    return Price(low, high, currency, None, False, False, "range" if high > low else "single", None)
