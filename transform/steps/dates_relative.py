"""Times told from the moment of reading: "3 hours ago", "hace un mes", "yesterday", "6 days left"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from transform.steps.numbers import read_written
from transform.steps.words import DAYS, NUMERALS, UNITS, Token, lexicon

FEW = 3.0
"""What "a few hours ago" counts as; such text is coarse."""

_COARSE = {"week", "month", "year"}
_OLDEST = 100 * DAYS["year"]
_LONGEST = 14
"""Tokens of the longest text that is read: relative dates are short, sentences are something else."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Distance from the moment of reading back to the moment meant.

    Attributes:
        offset: the distance, or None for a deadline.
        is_coarse: weeks or longer, "a few", or only a lower bound.
        is_at_least: the moment is at least this far back ("30+ days ago").
        is_deadline: the text tells when something ends, not when it was posted.
    """

    offset: timedelta | None
    is_coarse: bool = False
    is_at_least: bool = False
    is_deadline: bool = False


def read_relative(plain: str) -> Relative | None:
    """Relative time of a plain text, or None where it tells none.

    A span without a word that says "ago" or "left" tells none: its direction is open.
    """
    tokens = lexicon().tokens(plain)
    if not tokens or len(tokens) > _LONGEST:
        return None
    roles = frozenset().union(*(token.roles for token in tokens))
    span = _span(tokens)
    if span is not None and "ago" in roles:
        return span
    if "left" in roles and (span is not None or len(tokens) <= 4):
        return Relative(None, is_deadline=True)
    if "yesterday" in roles:
        return Relative(timedelta(days=1))
    if "now" in roles or "today" in roles:
        return Relative(timedelta(0))
    return _last(tokens)


def _span(tokens: list[Token]) -> Relative | None:
    """`3 hours`, `un mes`, `30+ days`, `a few minutes`: the sum where several follow each other."""
    total, coarse, found = 0.0, False, False
    count: float | None = None
    for place, token in enumerate(tokens):
        unit = _unit(token)
        numeral = next((number for role, number in NUMERALS.items() if number and role in token), None)
        if unit and numeral and place + 1 < len(tokens) and _unit(tokens[place + 1]):
            unit = None  # `an hour`, where `an` is also a French year
        if token.is_number:
            written = read_written(token.text)
            count = written.grouped if written.is_ambiguous else written.value
        elif unit and (count is not None or not found):
            total += (1.0 if count is None else count) * DAYS[unit]
            coarse, found, count = coarse or unit in _COARSE, True, None
        elif "few" in token:
            count, coarse = FEW, True
        elif (
            numeral := next((n for role, n in NUMERALS.items() if n and role in token), None)
        ) and count is None:
            count = float(numeral)
    if not found or total > _OLDEST:
        return None
    is_at_least = any(token.text == "+" or {"at_least", "more_than"} & token.roles for token in tokens)
    return Relative(timedelta(days=total), coarse or is_at_least, is_at_least)


def _unit(token: Token) -> str | None:
    return next((unit for unit in UNITS if unit in token), None)


def _last(tokens: list[Token]) -> Relative | None:
    """`last week`, `la semana pasada`: one unit back, coarsely."""
    for one, other in pairwise(tokens):
        for word, name in ((one, other), (other, one)):
            unit = _unit(name)
            if unit and "last" in word and not any(token.is_number for token in tokens):
                return Relative(timedelta(days=DAYS[unit]), is_coarse=True)
    return None
