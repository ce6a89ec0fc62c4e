"""The profile of a run: how full its fields are and what form their values have."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median
from typing import Any

MOST_SHAPES = 25
SHAPED = (
    *("price_raw", "price_kind_raw", "currency_raw", "posted_raw", "native_id", "url", "level_raw"),
    *("duration_raw", "delivery_raw", "bids_raw", "author_rating_raw", "author_reviews_raw", "side"),
    *("engagement", "language_raw"),
)
NUMERIC = ("price_raw", "bids_raw", "author_rating_raw", "author_reviews_raw")
NAMED = ("currency_raw", "price_kind_raw", "side", "engagement", "language_raw")
"""Fields of few values: the values themselves are their shapes."""

_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,]*")


def shape(text: str) -> str:
    """A text's form: digits become 9, words a, everything else stays.

    >>> shape("$250.00 - $1,500")
    '$9.9 - $9,9'
    """
    return _DIGITS.sub("9", _LETTERS.sub("a", text))[:60]


class Profile:
    """Counts values of listings as they pass."""

    def __init__(self) -> None:
        self.n = 0
        self._filled: Counter[str] = Counter()
        self._shapes: dict[str, Counter[str]] = {name: Counter() for name in SHAPED}
        self._values: dict[str, Counter[str]] = {name: Counter() for name in NUMERIC}
        self._numbers: dict[str, list[float]] = {name: [] for name in NUMERIC}

    def add(self, values: dict[str, Any]) -> None:
        """Count one listing, given as its filled fields."""
        self.n += 1
        self._filled.update(values.keys())
        for name in SHAPED:
            value = values.get(name)
            if value is not None:
                self._shapes[name][value[:60] if name in NAMED else shape(value)] += 1
        for name in NUMERIC:
            value = values.get(name)
            if value is not None:
                self._values[name][value[:40]] += 1
                number = first_number(value)
                if number is not None and len(self._numbers[name]) < 100_000:
                    self._numbers[name].append(number)

    def facts(self) -> dict[str, Any]:
        """The profile as plain data: shares of filled fields, of shapes, of the commonest value, medians."""
        n = max(self.n, 1)
        return {
            "n": self.n,
            "coverage": {name: round(count / n, 4) for name, count in sorted(self._filled.items())},
            "shapes": {
                name: {
                    form: round(count / shapes.total(), 4) for form, count in shapes.most_common(MOST_SHAPES)
                }
                for name, shapes in self._shapes.items()
                if shapes
            },
            "top_share": {
                name: round(values.most_common(1)[0][1] / values.total(), 4)
                for name, values in self._values.items()
                if values
            },
            "median": {name: median(numbers) for name, numbers in self._numbers.items() if numbers},
        }


def first_number(text: str) -> float | None:
    """The first number in a text, read roughly: only its size is compared, never used as a price."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = found.group().rstrip(".,")
    whole, mark, decimals = digits.rpartition("." if digits.rfind(".") > digits.rfind(",") else ",")
    if mark and len(decimals) != 3:
        return float(re.sub(r"[.,]", "", whole) + "." + decimals)
    return float(re.sub(r"[.,]", "", digits))
