"""The vocabulary of prices, times and counts, and the tokens it makes of a text.

`words.toml` says which phrases play which role (`hour`, `per`, `at_least`, ...) in which language. All
languages are known at once: listings mix them, and a token keeps every role its phrase plays anywhere;
the reader's grammar picks the one that fits the place.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from transform.steps.numbers import NO_NUMBER, NUMBER, NUMBER_PATTERN, ONE

UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
"""Units of time among the roles."""

DAYS = {
    "second": 1 / 86_400,
    "minute": 1 / 1_440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.0,
    "year": 365.0,
}
"""Days in a unit: a month is 30 days and a year 365, as platforms' menus mean them."""

_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMERALS = {role: number for number, role in enumerate(_NUMERALS)}
"""Roles that stand for a number."""

MULTIPLIERS = {
    "cent": 0.01,
    "thousand": 1e3,
    "ten_thousand": 1e4,
    "lakh": 1e5,
    "million": 1e6,
    "crore": 1e7,
    "billion": 1e9,
}
"""Roles that multiply the number in front of them."""

_CURRENCY_SIGNS = "$¢£¤¥֏؋৲৳৻૱௹฿៛₠-⃀"
_GLUED = "฀-๿぀-ヿ㐀-䶿一-鿿가-힯々"
"""Scripts written without spaces between words (and Hangul, whose particles are glued)."""
_STANDIN = f"[{NUMBER}{ONE}{NO_NUMBER}]"
_WORD = rf"[^\s\d!-/:-@\[-`{{-~·{_CURRENCY_SIGNS}≤≥≦≧«»“”„・、。{NUMBER}{ONE}{NO_NUMBER}{_GLUED}]+"


_IS_NUMBER = re.compile(rf"{_STANDIN}|[.,·]?\d")
_NO_ROLES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Token:
    """One number, phrase or sign of a text.

    Attributes:
        text: case-folded phrase, or the number as written.
        roles: every role the phrase plays; empty for numbers and unknown words.
        start: offset of its first character.
        end: offset after its last character.
        is_number: whether it is a number, as written or as it stands in a shape.
    """

    text: str
    roles: frozenset[str]
    start: int
    end: int
    is_number: bool = False

    def __contains__(self, role: str) -> bool:
        """Whether the phrase plays the role."""
        return role in self.roles


class Lexicon:
    """Phrases with their roles, and the way to find them in a text."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Take pairs of phrase and role; a phrase may come with several roles."""
        pairs = [(phrase.casefold().strip(), role) for phrase, role in phrases]
        glued = sorted({p for p, _ in pairs if re.search(f"[{_GLUED}]", p)}, key=len, reverse=True)
        alternatives = [*map(re.escape, glued), _STANDIN, NUMBER_PATTERN, _WORD, r"\.{2,}", r"[^\s.']"]
        self._split = re.compile("|".join(f"(?:{part})" for part in alternatives))
        roles: dict[str, set[str]] = {}
        tight: dict[str, bool] = {}
        for phrase, role in pairs:
            key = self._key(phrase)
            roles.setdefault(key, set()).add(role)
            tight[key] = tight.get(key, True) and " " not in phrase
        self._roles = {key: frozenset(names) for key, names in roles.items()}
        self._tight = {key for key, is_tight in tight.items() if is_tight and " " in key}
        self._longest = max(key.count(" ") for key in roles) + 1
        self._openers = {key.split(" ", 1)[0] for key in roles if " " in key}

    def _key(self, phrase: str) -> str:
        return " ".join(self._split.findall(phrase))

    def roles(self, phrase: str) -> frozenset[str]:
        """Roles of a whole phrase; empty where it is not in the vocabulary."""
        return self._roles.get(self._key(phrase.casefold()), frozenset())

    def tokens(self, text: str) -> list[Token]:
        """Tokens of a plain text or a shape: longest phrases first, dots and apostrophes dropped.

        A phrase that is written without a space (`n/a`, `a$`) is found only so.
        """
        pieces = [(match.group(), match.start(), match.end()) for match in self._split.finditer(text)]
        return list(self._merge(text, pieces))

    def _merge(self, text: str, pieces: list[tuple[str, int, int]]) -> Iterator[Token]:
        folded = [piece.casefold() for piece, _, _ in pieces]
        place = 0
        while place < len(pieces):
            piece, start, end = pieces[place]
            phrase, size = folded[place], 1
            if phrase in self._openers:
                for longer in range(min(self._longest, len(pieces) - place), 1, -1):
                    key = " ".join(folded[place : place + longer])
                    stop = pieces[place + longer - 1][2]
                    if key in self._roles and not (key in self._tight and " " in text[start:stop]):
                        phrase, size, end = key, longer, stop
                        break
            is_number = _IS_NUMBER.match(piece) is not None
            yield Token(phrase, self._roles.get(phrase, _NO_ROLES), start, end, is_number)
            place += size


@lru_cache(maxsize=1)
def languages() -> dict[str, dict[str, str]]:
    """`words.toml`: phrases by role, by language."""
    with Path(__file__).with_name("words.toml").open("rb") as file:
        return tomllib.load(file)


def vocabulary() -> Iterator[tuple[str, str]]:
    """Pairs of phrase and role, over all languages."""
    for roles in languages().values():
        for role, phrases in roles.items():
            for phrase in phrases.split(","):
                yield phrase, role


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The vocabulary without currencies: for times, durations and counts."""
    return Lexicon(vocabulary())
