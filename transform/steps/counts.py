"""Counts as a page shows them: bids, reviews, orders."""

import re
from functools import lru_cache

from transform.steps.numbers import NUMBER_PATTERN, plain_text, read_written

PARSER_VERSION = "1"

_FEWER = re.compile(
    r"less than|fewer than|under|below|up to|at most|<|menos de|menos que|hasta|até|moins de|jusqu|"
    r"weniger als|unter|bis zu|meno di|fino a|менее|меньше|до\b|mniej niż|minder dan",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"more than|over|above|at least|>|\+|más de|mas de|mais de|al menos|pelo menos|plus de|au moins|"
    r"mehr als|über|mindestens|più di|oltre|более|больше|от\b|ponad|meer dan",
    re.IGNORECASE,
)
_NONE = re.compile(r"\s*(?:no|none|zero|sin|nenhuma?|ningun[oa]?|keine?|aucune?|нет)\b", re.IGNORECASE)
_NUMBER = re.compile(rf"({NUMBER_PATTERN})\s?(k|m|mil\b|тыс)?", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "mil": 1_000, "тыс": 1_000, "m": 1_000_000}


@lru_cache(maxsize=4096)
def read_count(text: str | None) -> tuple[int | None, int | None]:
    """Low and high bound of a count, equal where the page shows a number; None where it is open.

    `Less than 5` is (0, 4), `10 to 15` is (10, 15), `50+` is (50, None), `1.2k` is (1200, 1200) as
    shown, `1,234` is 1234, `12.0` is 12. Text without a number is (None, None), but `no bids yet` is 0.
    """
    if text is None or not (plain := plain_text(text)):
        return None, None
    found = [_count(number, times.lower()) for number, times in _NUMBER.findall(plain)]
    numbers = [number for number in found if number is not None]
    if not numbers:
        return (0, 0) if _NONE.match(plain) else (None, None)
    if len(numbers) > 2:
        return None, None
    if len(numbers) == 2:
        return (numbers[0], numbers[1]) if numbers[0] <= numbers[1] else (None, None)
    number = numbers[0]
    if (fewer := _FEWER.search(plain)) and not _MORE.search(plain):
        inclusive = fewer.group().lower() in {
            "up to",
            "at most",
            "hasta",
            "até",
            "jusqu",
            "bis zu",
            "fino a",
            "до",
        }
        return 0, number if inclusive else max(number - 1, 0)
    if _MORE.search(plain):
        return number, None
    return number, number


def _count(token: str, times: str) -> int | None:
    written = read_written(token)
    value = written.value
    if written.is_ambiguous:  # a count has no thousandths, but `1.234k` has
        value = written.decimal if times else written.grouped
    if value is None:
        return None
    value *= _TIMES[times]
    return round(value) if abs(value - round(value)) < 1e-6 else None
