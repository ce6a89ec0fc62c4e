"""When a listing was posted, from what the page said."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

PARSER_VERSION = "1"

UPWORK_EPOCH_MS = 1_288_834_974_657
"""Milliseconds added to the upper bits of an Upwork id (a snowflake) to get its time."""

Precision = Literal["exact", "day", "approximate", "unknown"]


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A moment read from text: absolute (`at`), or relative to the observation (`offset`), or neither.

    Attributes:
        at: the moment in UTC, or None.
        offset: time before the observation for relative text, or None; the caller subtracts it.
        precision: `exact` to the minute or better, `day`, `approximate` (coarser), `unknown` (no date).
        reason: why there is no date, or what limits it; None where nothing is to be said.
    """

    at: datetime | None
    offset: timedelta | None
    precision: Precision
    reason: str | None = None


_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def read_date(
    text: str | None, date_order: str | None = None, time_zone: str | None = None, locale: str | None = None
) -> ReadDate:
    """Moment that a text names."""
    if text is None or not text.strip():
        return ReadDate(None, None, "unknown", "empty")
    if _ISO.match(text):
        at = datetime.fromisoformat(text.strip())
        return ReadDate(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), None, "exact")
    return ReadDate(None, None, "unknown", "not_a_date")


def upwork_posted_at(native_id: str | None) -> datetime | None:
    """Posting time that an Upwork id carries: `~02` and digits, or the digits alone; `~01` ids carry none."""
    match = re.fullmatch(r"(?:~02)?(\d{18,19})", native_id or "")
    if not match:
        return None
    return datetime.fromtimestamp(((int(match[1]) >> 22) + UPWORK_EPOCH_MS) / 1000, UTC)
