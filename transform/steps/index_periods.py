"""Calendars: reading the period labels of a panel, and the base that an index is measured against."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scrapers.errors import GigsError, UsageError

FORMATS = {
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(\d{4})-?Q([1-4])"),
    "half": re.compile(r"(\d{4})-?H([12])"),
    "week": re.compile(r"(\d{4})-?W(0[1-9]|[1-4]\d|5[0-3])"),
    "day": re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "number": re.compile(r"\d{1,9}"),
}
STEPS_A_YEAR = {"month": 12, "quarter": 4, "half": 2}
LONGEST_CALENDAR = 2_400


class PeriodError(GigsError):
    """A period label that cannot be placed on a calendar."""


def period_kind(label: str) -> str:
    """Name the format of one period label.

    Returns:
        `month` (2024-05), `quarter` (2024-Q2), `half` (2024-H1), `week` (2024-W19), `day` (2024-05-07) or
        `number` (any whole number, a year too).

    Raises:
        PeriodError: The label has none of these forms.
    """
    for kind, pattern in FORMATS.items():
        if pattern.fullmatch(label):
            return kind
    raise PeriodError(
        f"period {label!r} is not understood",
        "write periods as 2024-05, 2024-Q2, 2024-H1, 2024-W19, 2024-05-07 or whole numbers",
    )


def read_calendar(labels: Sequence[str]) -> tuple[str, list[str]]:
    """Sort the distinct labels in time and fill in the months, quarters or half-years between them.

    Args:
        labels: Period labels in any order, repeated or not.

    Returns:
        The kind of period and all labels from the first to the last. Periods in between that nobody
        observed are part of the calendar, so that a gap in the data is a gap in the series.

    Raises:
        PeriodError: No labels, two formats in one panel, or a calendar too long to be meant.
    """
    distinct = sorted(set(labels))
    if not distinct:
        raise PeriodError("there is no period with a usable price", "check the columns period and price")
    kinds = {label: period_kind(label) for label in distinct}
    first_of = {kind: label for label, kind in reversed(kinds.items())}
    if len(first_of) > 1:
        examples = ", ".join(f"{label!r} ({kind})" for kind, label in first_of.items())
        raise PeriodError(f"the periods are written in several formats: {examples}", "write them all alike")
    kind = next(iter(first_of))
    if kind == "number":
        return kind, sorted(distinct, key=int)
    if kind not in STEPS_A_YEAR:
        return kind, distinct
    ordinals = {_ordinal(label, kind): label for label in distinct}
    first, last = min(ordinals), max(ordinals)
    if last - first >= LONGEST_CALENDAR:
        raise PeriodError(
            f"the periods run from {ordinals[first]} to {ordinals[last]}", "check the first and last dates"
        )
    like = distinct[0]
    return kind, [ordinals.get(step) or _label(step, kind, like) for step in range(first, last + 1)]


def base_positions(calendar: Sequence[str], base: str) -> list[int]:
    """Positions of the base in the calendar: one period, or all periods of a base year.

    Args:
        calendar: Period labels in order.
        base: A label, or a year (2024: the geometric mean of the index over its periods is then 1).

    Raises:
        UsageError: The base is not in the calendar.
    """
    found = [place for place, label in enumerate(calendar) if label == base]
    if not found and re.fullmatch(r"\d{4}", base):
        found = [place for place, label in enumerate(calendar) if label.startswith((f"{base}-", f"{base}Q"))]
    if not found:
        raise UsageError(
            f"the base {base!r} is not among the periods {calendar[0]} to {calendar[-1]}",
            "choose a period of the file, or a year of it",
        )
    return found


def _ordinal(label: str, kind: str) -> int:
    found = FORMATS[kind].fullmatch(label)
    if found is None:
        raise PeriodError(f"period {label!r} is no {kind}")
    return int(found[1]) * STEPS_A_YEAR[kind] + int(found[2]) - 1


def _label(ordinal: int, kind: str, like: str) -> str:
    year, step = divmod(ordinal, STEPS_A_YEAR[kind])
    dash = "-" if like[4] == "-" else ""
    return f"{year:04d}-{step + 1:02d}" if kind == "month" else f"{year:04d}{dash}{kind[0].upper()}{step + 1}"
