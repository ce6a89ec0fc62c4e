"""Prices as people and pages write them."""

import csv
import json
from pathlib import Path

import pytest
from babel import Locale, localedata
from babel.numbers import format_currency, get_decimal_symbol
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dags.commands.money import command
from transform.steps.money import METHODS, REASONS, Price, _read, read_price
from transform.steps.money_offers import PAY_UNITS
from transform.steps.words import languages

TABLE = Path(__file__).parent / "fixtures" / "money_strings.csv"
STATED = ("kind_raw", "currency_raw", "source_currency", "locale")
NO_AMOUNT = {"empty", "negotiable", "no_number", "zero", "negative", "ambiguous"}


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _amount(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["price_raw"] or "(blank)")
def test_a_price_text_is_read_as_its_table_says(row: dict[str, str]) -> None:
    price = read_price(row["price_raw"], *(row[name] or None for name in STATED))
    wanted = {
        "low": _amount(row["low"]),
        "high": _amount(row["high"]),
        "pay_unit": row["pay_unit"] or None,
        "is_from": row["is_from"] == "yes",
        "is_negotiable": row["is_negotiable"] == "yes",
        "method": row["method"],
        "reason": row["reason"] or None,
    }
    if row["low"] or row["high"]:
        wanted["currency"] = row["currency"] or None
    elif not row["pay_unit"]:
        del wanted["pay_unit"]
    assert {name: getattr(price, name) for name in wanted} == wanted


def test_the_table_is_large_and_covers_every_method_and_reason() -> None:
    rows = _rows()
    assert len(rows) >= 500
    assert {row["method"] for row in rows} == set(METHODS)
    assert {row["reason"] for row in rows} - {""} == set(REASONS)
    assert {row["pay_unit"] for row in rows} - {""} == set(PAY_UNITS)


CURRENCIES = (
    "USD",
    "EUR",
    "GBP",
    "BRL",
    "INR",
    "JPY",
    "PLN",
    "TRY",
    "RUB",
    "CHF",
    "SEK",
    "KWD",
    "THB",
    "IDR",
    "VND",
)


@pytest.mark.parametrize("language", sorted(languages()))
def test_prices_that_cldr_formats_are_read_back(language: str) -> None:
    """The locales of a language write 15 currencies in three sizes; each must come back, or own up."""
    names = [
        name
        for name in localedata.locale_identifiers()
        if name == language or name.startswith(f"{language}_")
    ]
    wrong = []
    for name in names:
        locale = Locale.parse(name)
        for currency in CURRENCIES:
            for amount in (7, 1234.5, 1234567):
                text = format_currency(amount, currency, locale=locale, decimal_quantization=False)
                price = read_price(text, source_currency=currency, locale=name)
                if (price.low, price.high, price.currency) != (amount, amount, currency):
                    wrong.append((name, text, price))
    assert not wrong[:5], f"{len(wrong)} of {len(names) * len(CURRENCIES) * 3}"


@pytest.mark.parametrize("name", ["en", "de", "fr", "pt_BR", "de_CH", "hi", "ru", "sv"])
def test_a_price_with_cents_needs_no_locale(name: str) -> None:
    for amount in (0.5, 12.34, 1234.56, 1234567.89):
        text = format_currency(amount, "EUR", locale=name)
        assert read_price(text).low == amount, text
        assert read_price(text).currency == "EUR"


def test_three_digits_after_a_mark_follow_the_locale_where_the_currency_has_three() -> None:
    for name in ("en", "de", "fr_TN", "ar_KW"):
        mark = get_decimal_symbol(name, numbering_system="latn")
        assert read_price(f"KWD 1{mark}250", locale=name).low == 1.25


AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False).map(str)
WHOLE = st.integers(0, 10**9).map(str)
GROUPED = st.decimals(0, 10**9, places=2).map("{:,}".format) | st.integers(0, 10**9).map("{:,}".format)


@given(
    mark=st.sampled_from(["", "$", "€", "£", "USD ", "EUR", "GBP "]),
    low=AMOUNTS | WHOLE | GROUPED,
    high=st.none() | AMOUNTS | WHOLE | GROUPED,
    joint=st.sampled_from(["-", " - "]),
    kind=st.sampled_from([None, "Hourly", "Fixed-price"]),
    source=st.sampled_from([None, "USD", "EUR", "THB"]),
    locale=st.sampled_from([None, "en", "de", "pt-BR"]),
)
def test_the_short_way_for_plain_numbers_says_what_the_long_way_says(
    mark: str,
    low: str,
    high: str | None,
    joint: str,
    kind: str | None,
    source: str | None,
    locale: str | None,
) -> None:
    text = mark + low if high is None else f"{mark}{low}{joint}{mark}{high}"
    assert read_price(text, kind, None, source, locale) == _read(text, kind, None, source, locale)


def _check(price: Price) -> None:
    assert price.method in METHODS
    assert price.reason is None or price.reason in REASONS
    assert price.pay_unit is None or price.pay_unit in PAY_UNITS
    has_amount = price.low is not None or price.high is not None
    assert has_amount == (price.method not in ("none", "negotiable"))
    assert price.reason is not None or (has_amount and price.currency is not None)
    if price.low is not None and price.high is not None:
        assert 0 < price.low <= price.high
        assert (price.low == price.high) == (price.method == "single")


PIECES = [
    "$",
    "€",
    "USD",
    "kr",
    "/",
    "hr",
    "per",
    "1000",
    "words",
    "-",
    "to",
    "from",
    "+",
    "<",
    "k",
    "M",
    ",",
    ".",
    "'",
]
PIECES += [
    "1.234",
    "1,5",
    "0",
    "VB",
    "por",
    "hora",
    "%",
    "(",
    ")",
    "[",
    "]",
    "lakh",
    "元",
    "บาท",
    "١٢",
    "до",
    ":",
    "x3",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " "]))
def test_any_mixture_of_price_words_gives_a_price_or_a_reason(pieces: list[str], space: str) -> None:
    _check(read_price(space.join(pieces), None, None, "USD", "es"))


@given(st.text(max_size=60), st.none() | st.text(max_size=8), st.none() | st.text(max_size=8))
def test_any_text_gives_a_price_or_a_reason(text: str, currency: str | None, locale: str | None) -> None:
    _check(read_price(text, None, currency, None, locale))


def test_a_price_can_be_read_without_a_text() -> None:
    assert read_price(None, "Hourly", None, "USD") == Price(
        None, None, "USD", "hour", False, False, "none", "empty"
    )


def test_prose_is_no_price_text() -> None:
    assert read_price("$50 " + "word " * 100_000, source_currency="USD").reason == "ambiguous"
    assert read_price("9" * 400, source_currency="USD").reason == "no_number"


def test_the_command_prints_what_is_understood() -> None:
    said = CliRunner().invoke(command, ["1.234,56 € / Std."])
    assert said.exit_code == 0
    assert json.loads(said.output).items() >= {"low": 1234.56, "currency": "EUR", "pay_unit": "hour"}.items()
    said = CliRunner().invoke(command, ["$50", "--kind", "Hourly", "--currency", "USD"])
    assert json.loads(said.output).items() >= {"high": 50, "currency": "USD", "pay_unit": "hour"}.items()
    said = CliRunner().invoke(command, ["--date", "22/04/2021", "--order", "MDY"])
    assert json.loads(said.output)["reason"] == "order_conflict"
    said = CliRunner().invoke(command, ["--duration", "1 to 3 months"])
    assert json.loads(said.output).items() >= {"low_days": 30, "high_days": 90}.items()
    assert CliRunner().invoke(command, ["--duration", "--date", "x"]).exit_code == 2
