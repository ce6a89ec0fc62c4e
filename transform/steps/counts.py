"""Counts as a page shows them: bids, reviews, orders; and ratings."""

from functools import lru_cache

from transform.steps.numbers import LONGEST_TEXT, plain_text, read_written
from transform.steps.words import MULTIPLIERS, Token, lexicon

PARSER_VERSION = "2"

Count = tuple[int | None, int | None]


@lru_cache(maxsize=1 << 14)
def read_count(text: str | None) -> Count:
    """Low and high bound of a count, equal where the page shows one number; None where it is open.

    `Less than 5` is (0, 4), `10 to 15` (10, 15), `50+` (50, None), `1.2k` (1200, 1200) as shown, `1,234`
    and `12.0` are (1234, 1234) and (12, 12). `No bids yet` is (0, 0), other text without a number
    (None, None).
    A rating before the count (`4.9/1k+`) is passed over: it is no whole number.
    """
    if text is None or len(text) > LONGEST_TEXT or not (plain := plain_text(text)):
        return None, None
    tokens = lexicon().tokens(plain)
    numbers = [number for place in range(len(tokens)) if (number := _whole(tokens, place)) is not None]
    if not numbers:
        return (0, 0) if tokens and "no" in tokens[0] and not _is_none(tokens) else (None, None)
    low, high = numbers[0], numbers[-1]
    if len(numbers) > 2 or low > high:
        return None, None
    if len(numbers) == 2:
        return low, high
    roles = frozenset().union(*(token.roles for token in tokens))
    if any(token.text == "+" for token in tokens) or "at_least" in roles:
        return low, None
    if "more_than" in roles:
        return low + 1, None
    if "less_than" in roles:
        return 0, max(high - 1, 0)
    return (0, high) if "at_most" in roles else (low, high)


def _is_none(tokens: list[Token]) -> bool:
    """The whole text says that there is no information (`None`, `N/A`)."""
    return len(tokens) == 1 and "none" in tokens[0]


def _whole(tokens: list[Token], place: int) -> int | None:
    if not tokens[place].is_number:
        return None
    written = read_written(tokens[place].text)
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    role = next((role for role in MULTIPLIERS if following and role in following), None)
    value = written.value
    if written.is_ambiguous:  # a count has no thousandths, but `1.234k` has
        value = written.decimal if role else written.grouped
    if value is None:
        return None
    value *= MULTIPLIERS[role] if role else 1
    return round(value) if abs(value - round(value)) < 1e-6 else None


@lru_cache(maxsize=1 << 14)
def read_rating(text: str | None) -> float | None:
    """First number of a rating, on its own scale: `4.9`, `4,9 (120)`, `4.8/5` are 4.9, 4.9 and 4.8."""
    if text is None or len(text) > LONGEST_TEXT:
        return None
    for token in lexicon().tokens(plain_text(text)):
        if token.is_number:
            written = read_written(token.text)
            return written.decimal if written.is_ambiguous else written.value
    return None
