"""Dates and times that stand for themselves, in the forms that pages, feeds and files use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format, get_month_names

from transform.steps.words import Lexicon, languages

Grain = Literal["time", "day", "month"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as written; `at` has a zone only where the text says one, `grain` is what the text reaches."""

    at: datetime
    grain: Grain


_TIME = (
    r"(?P<hour>\d{1,2})[:h.](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?\s?m\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?\s?[+-]\d\d?(?::?\d\d)?)?"
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s?(?:Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
    re.I,
)
_BASIC = re.compile(r"\d{8}T\d{4,6}(?:Z|[+-]\d{4})?")
_RFC = re.compile(
    r"(?:[a-z]{3,9},? )?\d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d\d:\d\d(?::\d\d)?"
    r" ?(?:[+-]\d{4}|[a-z]{1,4})(?: \(.*\))?",
    re.I,
)
_EPOCH = re.compile(r"(\d{9,10}|\d{13}|\d{16})(?:\.\d+)?")
_NUMERIC = re.compile(
    r"(?:[^\W\d]+,? )?"
    r"(?P<a>\d{1,4})\s?(?P<mark>[./-])\s?(?P<b>\d{1,2})\s?(?P=mark)\s?(?P<c>\d{1,4})\.?"
    rf"(?:(?:,? |T|, )(?:at |[à-]\s?)?{_TIME}{_ZONE})?",
    re.I,
)
_HAN = re.compile(
    rf"(?P<year>\d{{4}})\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월](?:\s?(?P<day>\d{{1,2}})\s?[日일号號])?"
    rf"(?:\D{{0,6}}{_TIME})?"
)
_CLOCK = re.compile(rf"(?<![\d.:]){_TIME.replace('[:h.]', '[:h]')}(?![\d:]){_ZONE}", re.I)
_UNITS = {10: 1, 9: 1, 13: 1_000, 16: 1_000_000}
_BUDDHIST = 543


def read_moment(plain: str, date_order: str | None, locale: str | None) -> Moment | str:
    """The moment that a plain text names, else the reason why there is none (see `dates.REASONS`)."""
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(plain):
            try:
                return read(match)
            except (ValueError, OverflowError):
                return "impossible"
    try:
        if match := _NUMERIC.fullmatch(plain):
            return _numeric(match, date_order or _order_of(locale), locale)
        return _named(plain, locale)
    except (ValueError, OverflowError):
        return "impossible"


# Forms that need no convention


def _iso(match: re.Match[str]) -> Moment:
    text = re.sub(r"\s?(?:utc|gmt|z)$", "+00:00", match[0], flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d)\s(?=[+-]\d\d:?(?:\d\d)?$)", "", text)
    return Moment(datetime.fromisoformat(text), "time" if ":" in text else "day")


def _basic(match: re.Match[str]) -> Moment:
    return Moment(datetime.fromisoformat(match[0]), "time")


def _rfc(match: re.Match[str]) -> Moment:
    return Moment(parsedate_to_datetime(match[0]), "time")


def _epoch(match: re.Match[str]) -> Moment | str:
    seconds = int(match[1]) / _UNITS[len(match[1])]
    at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    return Moment(at, "time") if 1990 <= at.year < 2100 else "not_a_date"


def _han(match: re.Match[str]) -> Moment:
    if not match["day"]:
        return Moment(datetime(int(match["year"]), int(match["month"]), 1), "month")
    at = datetime(int(match["year"]), int(match["month"]), int(match["day"]))
    return _at_clock(at, match) if match["hour"] else Moment(at, "day")


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Moment | str]], ...] = (
    (_ISO, _iso),
    (_EPOCH, _epoch),
    (_RFC, _rfc),
    (_BASIC, _basic),
    (_HAN, _han),
)


def _at_clock(day: datetime, match: re.Match[str]) -> Moment:
    """The day at the clock time of a match with the groups of `_TIME` (and of `_ZONE`, where it has them)."""
    hour, half = int(match["hour"]), (match["half"] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of a half day")
        hour = hour % 12 + (12 if half == "p" else 0)
    at = day.replace(hour=hour, minute=int(match["minute"]), second=int(match["second"] or 0))
    zone = match.groupdict().get("zone")
    return Moment(at.replace(tzinfo=_zone(zone)) if zone else at, "time")


def _zone(text: str) -> timezone:
    digits = re.search(r"([+-])(\d\d?):?(\d\d)?", text)
    if digits is None:
        return UTC
    offset = timedelta(hours=int(digits[2]), minutes=int(digits[3] or 0))
    return timezone(-offset if digits[1] == "-" else offset)


# Numeric dates: the order is a convention


def _numeric(match: re.Match[str], order: str | None, locale: str | None) -> Moment | str:
    a, b, c = match["a"], match["b"], match["c"]
    if len(a) == 3 or len(c) == 3:
        return "not_a_date"
    day = _ordered(a, b, c, order, locale)
    if isinstance(day, str):
        return day
    return _at_clock(day, match) if match["hour"] else Moment(day, "day")


def _ordered(a: str, b: str, c: str, order: str | None, locale: str | None) -> datetime | str:
    if len(a) == 4:
        return datetime(_year(a, locale), int(b), int(c))
    if len(c) == 4:
        first, second, year = int(a), int(b), _year(c, locale)
        if order in ("DMY", "MDY"):
            day, month = (first, second) if order == "DMY" else (second, first)
            if month > 12 and day <= 12:
                return "order_conflict"
            return datetime(year, month, day)
        if first == second or first > 12:
            return datetime(year, second, first)
        return datetime(year, first, second) if second > 12 else "ambiguous_order"
    if order is None:
        return "ambiguous_order"
    parts = dict(zip(order, (a, b, c), strict=True))
    if int(parts["M"]) > 12:
        return "order_conflict"
    return datetime(_year(parts["Y"], locale), int(parts["M"]), int(parts["D"]))


def _year(text: str, locale: str | None) -> int:
    """Year in full: two digits are 1970 to 2069, and Thai years count from 543 BC."""
    year = int(text)
    if len(text) <= 2:
        return year + (2000 if year < 70 else 1900)
    is_buddhist = 2500 <= year < 2650 and (locale or "").startswith("th")
    return year - _BUDDHIST if is_buddhist else year


@lru_cache(maxsize=256)
def _order_of(locale: str | None) -> str | None:
    """Order of day, month and year in the locale's short date; English alone has none (US or UK?)."""
    if not locale:
        return None
    try:
        parsed = Locale.parse(locale.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    if parsed.language == "en" and parsed.territory is None:
        return None
    pattern = get_date_format("short", parsed).pattern
    order = "".join(dict.fromkeys(re.sub(r"'[^']*'|[^dMy]", "", pattern.replace("L", "M")))).upper()
    return order if sorted(order) == ["D", "M", "Y"] else None


# Dates with the name of a month


@lru_cache(maxsize=1)
def _months() -> Lexicon:
    """Names of months in the vocabulary's languages (CLDR), with roles such as `3 en`."""
    phrases: list[tuple[str, str]] = []
    for language in languages():
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, language)
                phrases += [(names[month], f"{month} {language}") for month in range(1, 13)]
    phrases += [("sept", "9 en"), ("setiembre", "9 es"), ("sept", "9 es"), ("set", "9 es")]
    phrases += [("ב" + name, role) for name, role in phrases if role.endswith(" he")]  # "in January"
    return Lexicon((phrase, role) for phrase, role in phrases if not phrase.isdigit())


def _named(plain: str, locale: str | None) -> Moment | str:
    clock = _CLOCK.search(plain)
    text = plain[: clock.start()] + " " + plain[clock.end() :] if clock else plain
    tokens = _months().tokens(text)
    months = [{m for token in tokens for m in _month_of(token.roles, locale)} if len(tokens) <= 16 else set()]
    named = [token for token in tokens if token.roles]
    if len(named) != 1 or len(months[0]) != 1:
        return "not_a_date"
    month = months[0].pop()
    numbers = [token.text for token in tokens if token.is_number and token.text.isdigit()]
    years = [text for text in numbers if len(text) == 4 and 1900 < int(text) < 2700]
    days = [int(text) for text in numbers if len(text) <= 2 and 1 <= int(text) <= 31]
    if len(years) != 1 or len(days) > 1 or len(numbers) != len(years) + len(days):
        return "no_year" if not years and len(days) == 1 else "not_a_date"
    is_thai = any("\u0e00" <= char <= "\u0e7f" for char in plain)
    year = _year(years[0], "th" if is_thai else locale)
    if not days:
        return Moment(datetime(year, month, 1), "month")
    day = datetime(year, month, days[0])
    return _at_clock(day, clock) if clock else Moment(day, "day")


def _month_of(roles: frozenset[str], locale: str | None) -> set[int]:
    """Month that a name means: in the locale's language where it has the name, else in all others alike."""
    language = (locale or "").replace("_", "-").split("-")[0]
    own = {int(role.split()[0]) for role in roles if role.split()[1] == language}
    return own or {int(role.split()[0]) for role in roles}
