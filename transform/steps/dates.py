"""When a listing was posted, from what the page said.

No clock is read here: text such as "3 hours ago" gives only its distance, which the caller subtracts from
the time of the observation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from re import fullmatch
from typing import Literal

import pytz  # type: ignore[import-untyped]

from transform.steps.dates_absolute import Moment, read_moment
from transform.steps.dates_relative import read_relative
from transform.steps.numbers import LONGEST_TEXT, plain_text

PARSER_VERSION = "2"

UPWORK_EPOCH_MS = 1_288_834_974_657
"""Milliseconds to add to the upper bits of an Upwork id (a snowflake) to get the time it was made."""

Precision = Literal["exact", "day", "approximate", "unknown"]

REASONS = (
    "empty", "not_a_date", "deadline", "no_year", "ambiguous_order", "order_conflict", "impossible",
    "no_time_zone", "unknown_time_zone", "no_day", "at_least",
)  # fmt: skip
"""Why there is no date (first seven) or what limits it (the others)."""


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A moment read from text: absolute (`at`), or before the observation (`offset`), or neither.

    Attributes:
        at: the moment in UTC, or None. A date without a time is midnight UTC of the day as written.
        offset: how long before the observation, for relative text; else None.
        precision: `exact` (to the minute or better), `day`, `approximate` (coarser: weeks, months, "30+
            days"), `unknown` (no date).
        reason: one of `REASONS`, or None.
    """

    at: datetime | None
    offset: timedelta | None
    precision: Precision
    reason: str | None = None


@lru_cache(maxsize=1 << 15)
def read_date(
    text: str | None, date_order: str | None = None, time_zone: str | None = None, locale: str | None = None
) -> ReadDate:
    """Moment that a text names.

    Args:
        text: date as published: ISO 8601, RFC 822, epoch seconds, milliseconds or microseconds, numeric
            dates, dates with month names in the languages of `words.toml`, or relative text.
        date_order: `DMY`, `MDY` or `YMD`, for numeric dates. Without it the locale's order counts (CLDR),
            but `en` alone names none; then only dates that can be read one way are read.
        time_zone: IANA name of the zone that times without one are in. Without it such a time is taken as
            UTC, with the precision of a day and the reason `no_time_zone`.
        locale: BCP 47 tag of the source.
    """
    if text is None or not (plain := plain_text(text)):
        return _none("empty")
    if len(plain) > LONGEST_TEXT:
        return _none("not_a_date")
    moment = read_moment(plain, date_order, locale)
    if isinstance(moment, Moment):
        return _placed(moment, time_zone)
    relative = read_relative(plain)
    if relative is None:
        return _none(moment)
    if relative.is_deadline or relative.offset is None:
        return _none("deadline")
    precision: Precision = "approximate" if relative.is_coarse else "day"
    return ReadDate(None, relative.offset, precision, "at_least" if relative.is_at_least else None)


def _none(reason: str) -> ReadDate:
    return ReadDate(None, None, "unknown", reason)


def _placed(moment: Moment, time_zone: str | None) -> ReadDate:
    """The moment in UTC: by its own offset, else by the source's zone."""
    if moment.grain == "month":
        return ReadDate(moment.at.replace(tzinfo=UTC), None, "approximate", "no_day")
    if moment.grain == "day":
        return ReadDate(moment.at.replace(tzinfo=UTC), None, "day")
    if moment.at.tzinfo is not None:
        return ReadDate(moment.at.astimezone(UTC), None, "exact")
    if not time_zone:
        return ReadDate(moment.at.replace(tzinfo=UTC), None, "day", "no_time_zone")
    try:
        zone = pytz.timezone(time_zone)
    except pytz.UnknownTimeZoneError:
        return ReadDate(moment.at.replace(tzinfo=UTC), None, "day", "unknown_time_zone")
    return ReadDate(zone.localize(moment.at, is_dst=False).astimezone(UTC), None, "exact")


def upwork_posted_at(native_id: str | None) -> datetime | None:
    """Time that an Upwork id carries: `~02` and digits, or digits alone; old `~01<hex>` ids carry none."""
    match = fullmatch(r"(?:(?:~|%7E)02)?([12]\d{18})", native_id or "")
    if match is None:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(match[1]) >> 22) + UPWORK_EPOCH_MS)
