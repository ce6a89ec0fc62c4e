"""Numbers as people write them: any script's digits, any separators.

One lone separator before exactly three digits can be read both ways (`1.234`). That doubt is kept: a
`Written` then carries both readings and the caller, who knows currency and locale, decides.
"""

import re
import unicodedata
from dataclasses import dataclass

NUMBER_PATTERN = r"\d{1,3}(?: \d{3})+(?!\d)(?:[.,·]\d+)?|\d+(?:[.,'·]\d+)*|(?<![\w.,])[.,·]\d+"
"""A number in text that went through `plain_text`; `·` there is a decimal mark beyond doubt."""


class _Spelling(dict[int, str | None]):
    """What each character becomes; digits of any script are found when they are first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = plain = str(unicodedata.decimal(char, char))
        return plain


_SPELLING = _Spelling(
    dict.fromkeys(
        map(ord, "\u00a0\u202f\u2000\u2001\u2002\u2003\u2004\u2005\u2007\u2008\u2009\u200a\u3000"), " "
    )
    | dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'")
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
    | dict.fromkeys(map(ord, "\u301c\u223c\uff5e"), "~")
    | dict.fromkeys(
        map(
            ord,
            "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff\u00ad\u061c\ue000\ue001\ue002",
        )
    )
    | {ord("\u066b"): "·", ord("\u066c"): "'"}  # Arabic decimal and thousands separators
    | {ord("\u060c"): ",", ord("\u2e41"): ","}  # Arabic and reversed commas, also within numbers
)


def plain_text(text: str) -> str:
    """Text with ASCII digits, one kind of space, dash and apostrophe, and no invisible marks.

    Compatibility forms are folded (full-width `＄１００` becomes `$100`); letters keep their case.
    """
    if text.isascii():
        return " ".join(text.split())
    folded = unicodedata.normalize("NFKC", text.translate(_SPELLING)).translate(_SPELLING)
    return " ".join(folded.split())


LONGEST_TEXT = 500
"""Characters of the longest text that a reader of prices, dates, durations or counts looks at."""

_LONGEST_WHOLE = 15
"""Digits before the decimal mark that a double holds without loss."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written, with every reading its separators allow.

    Attributes:
        decimal: value if the last separator is the decimal mark, or None if it cannot be.
        grouped: value if the separators only group digits, or None if they cannot.
        separator: the last of `.` and `,` in the number, or an empty string.
    """

    decimal: float | None
    grouped: float | None
    separator: str = ""

    @property
    def is_ambiguous(self) -> bool:
        """Both readings are possible and they differ."""
        return self.decimal is not None and self.grouped is not None

    @property
    def value(self) -> float | None:
        """The only reading, or None where there are two or none."""
        if self.is_ambiguous:
            return None
        return self.grouped if self.decimal is None else self.decimal

    @property
    def decimal_mark(self) -> str | None:
        """The decimal mark this number gives away, or None."""
        if self.is_ambiguous or not self.separator:
            return None
        if self.decimal is not None:
            return self.separator
        return "," if self.separator == "." else "."


_MARKS = re.compile(r"([.,'· ])")


def read_written(token: str) -> Written:
    """Readings of one number token matched by `NUMBER_PATTERN`.

    Groups are threes (`1.234.567`), or twos before a last three (`12,34,567`); spaces and apostrophes
    only group. A token that is no number, such as `1.2.3`, has neither reading.
    """
    if token.isdigit():
        return Written(None, float(token) if len(token) <= _LONGEST_WHOLE else None)
    parts = _MARKS.split(token)
    digits, marks = parts[0::2], parts[1::2]
    if sum(map(len, digits[:-1])) > _LONGEST_WHOLE:
        return Written(None, None)
    last = marks[-1]
    separator = last if last in ".," else ""
    as_grouped = as_decimal = None
    if last != "·" and len(set(marks)) == 1 and _is_grouped(digits):
        as_grouped = float("".join(digits))
    certain_group = last in "' " or marks.count(last) > 1
    if not certain_group and (len(digits) == 2 or _is_grouped(digits[:-1])) and len(set(marks[:-1])) <= 1:
        as_decimal = float("".join(digits[:-1] or "0") + "." + digits[-1])
    return Written(as_decimal, as_grouped, separator)


NUMBER, ONE, NO_NUMBER = "\ue000", "\ue001", "\ue002"
"""What stands for a number in a shape: any, exactly one, and a token that is no number (`1.2.3`)."""

_NUMBER = re.compile(NUMBER_PATTERN)


def shape_of(plain: str) -> tuple[str, list[Written]]:
    """A plain text with each number replaced by one character, and the numbers in their order.

    Few shapes serve many texts, so that what costs time is done once a shape.
    """
    numbers: list[Written] = []

    def put(match: re.Match[str]) -> str:
        written = read_written(match[0])
        numbers.append(written)
        if written.decimal is None and written.grouped is None:
            return NO_NUMBER
        return ONE if written.value == 1 else NUMBER

    return _NUMBER.sub(put, plain), numbers


def _is_grouped(digits: list[str]) -> bool:
    first, *middle, last = digits
    if not first or first[0] == "0" or len(last) != 3:
        return False
    return (len(first) <= 3 and all(len(group) == 3 for group in middle)) or (
        len(first) <= 2 and all(len(group) == 2 for group in middle)
    )
