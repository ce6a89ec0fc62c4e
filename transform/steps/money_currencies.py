"""Which currency a sign, code or name stands for; a sign of many currencies keeps them all.

Codes, their minor units and the number symbols of a locale come from Babel (CLDR); `currencies.toml` holds
what people write instead of a code.
"""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_precision, get_decimal_symbol

from transform.steps.numbers import plain_text
from transform.steps.words import Lexicon, Token, vocabulary

Candidates = frozenset[str]

UNKNOWN: Candidates = frozenset()
"""What a mark stands for that names money without an ISO 4217 code (`BTC`)."""

_TESTING = frozenset({"STD", "XXX", "XTS"})  # STD was replaced in 2018 and is German for an hour


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("currencies.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """ISO 4217 codes of currencies that were legal tender somewhere in or after 1999 (from Babel)."""
    tenders: list[Any] = [e for entries in get_global("territory_currencies").values() for e in entries]
    return frozenset(c for c, _, end, tender in tenders if tender and (not end or end[0] >= 1999)) - _TESTING


@lru_cache(maxsize=1)
def wordlike_codes() -> frozenset[str]:
    """Codes that are also words and therefore count only beside a number."""
    return frozenset(_table()["words"]["codes"].split())


@lru_cache(maxsize=1)
def lower_case_codes() -> dict[str, Candidates]:
    """Codes that people also write in lower case, by that form."""
    return {code.lower(): frozenset({code}) for code in _table()["words"]["lower"].split()}


def marks() -> Iterator[tuple[str, Candidates]]:
    """Pairs of a sign, short form or name and the currencies it may stand for; codes are apart."""
    for candidates, forms in _table()["marks"].items():
        for form in forms.split(","):
            yield form.strip().casefold(), frozenset(candidates.split())


@lru_cache(maxsize=1024)
def minor_digits(candidates: Candidates) -> int:
    """Most digits after the decimal mark that the currencies have: 0, 2 or 3."""
    return max((get_currency_precision(code) for code in candidates), default=2)


@lru_cache(maxsize=1)
def _home_marks() -> dict[str, str]:
    return {code: mark for mark, listed in _table()["decimal_mark"].items() for code in listed.split()}


def home_mark(currency: str | None) -> str | None:
    """Decimal mark that is usual where the currency is at home; None where its countries differ."""
    return _home_marks().get(currency or "")


@lru_cache(maxsize=4096)
def decimal_mark(locale: str | None, currency: str | None) -> str | None:
    """Decimal mark that is usual in the locale, else where the currency is at home; None if unknown.

    Locales are BCP 47 tags or POSIX names (`pt-BR`, `pt_BR`); an unknown locale says nothing.
    """
    if locale:
        try:
            parsed = Locale.parse(locale.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            pass
        else:
            symbol = get_decimal_symbol(parsed)
            return {"٫": None}.get(symbol, symbol)
    return home_mark(currency)


# Currencies in a text

_CASED = {"R": frozenset({"ZAR"}), "LE": frozenset({"EGP"})}
"""Short forms that count only in capitals."""


@lru_cache(maxsize=1)
def money_lexicon() -> Lexicon:
    """The vocabulary with currencies: a mark's role is `=` and the codes it may stand for."""
    marked = ((form, "=" + " ".join(sorted(candidates))) for form, candidates in marks())
    return Lexicon([*vocabulary(), *marked])


def is_currency_role(role: str) -> bool:
    """Whether a role of `money_lexicon` names currencies."""
    return role.startswith("=")


@lru_cache(maxsize=4096)
def _named_by(roles: frozenset[str]) -> Candidates | None:
    named = [role[1:].split() for role in roles if is_currency_role(role)]
    return frozenset(code for listed in named for code in listed) if named else None


def currency_of(token: Token, plain: str) -> Candidates | None:
    """Currencies that a token of `money_lexicon` may stand for in its text; None where it names none."""
    named = _named_by(token.roles)
    if named is not None:
        return named
    word = plain[token.start : token.end]
    if word in codes():
        return frozenset({word})
    return _CASED.get(word) or lower_case_codes().get(word.lower())


@lru_cache(maxsize=1024)
def read_currency(text: str) -> Candidates | None:
    """Currencies that a sign, code or name alone may stand for; None where it names none we know."""
    plain = plain_text(text)
    if plain.upper() in codes():
        return frozenset({plain.upper()})
    lexicon = money_lexicon()
    named = _named_by(lexicon.roles(plain))
    if named is not None:
        return named
    found = {c for token in lexicon.tokens(plain) if (c := currency_of(token, plain)) is not None}
    return found.pop() if len(found) == 1 else None
