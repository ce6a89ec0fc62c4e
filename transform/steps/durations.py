"""How long work takes, as requests ask it and offers promise it, in days."""

from functools import lru_cache

from transform.steps.numbers import LONGEST_TEXT, plain_text, read_written
from transform.steps.words import DAYS, NUMERALS, UNITS, Token, lexicon

PARSER_VERSION = "2"

REASONS = ("empty", "zero", "unsure", "ongoing", "workload", "no_duration", "ambiguous")
"""Why a text gives no duration."""

Days = tuple[float | None, float | None, str | None]


@lru_cache(maxsize=1 << 14)
def read_days(text: str | None) -> Days:
    """Low and high bound in days, equal where one span is said and None where the text leaves it open.

    `1 to 3 months` is (30, 90), `Less than a month` (None, 30), `6+ months` (180, None), `3 days delivery`
    (3, 3), `12 hours` (0.5, 0.5), `1 week 3 days` (10, 10). A number alone counts days, as in a delivery
    column. The third value is the reason why there are no bounds, one of `REASONS`: `unsure` is the
    source's own "not sure", `workload` is hours a week, which is no duration, `ongoing` has no end.
    """
    if text is None or not (plain := plain_text(text)):
        return None, None, "empty"
    if len(plain) > LONGEST_TEXT:
        return None, None, "no_duration"
    tokens = lexicon().tokens(plain)
    spans, has_workload = _spans(tokens)
    if spans is None:
        return None, None, "ambiguous"
    if not spans:
        return None, None, _why_none(tokens, plain, has_workload)
    low, high = spans[0], spans[-1]
    if not high and len(tokens) == 1:
        return None, None, "zero"
    if len(spans) > 2 or low > high:
        return None, None, "ambiguous"
    if len(spans) == 2:
        return low, high, None
    roles = frozenset().union(*(token.roles for token in tokens))
    is_low = bool({"at_least", "more_than"} & roles) or any(token.text == "+" for token in tokens)
    is_high = bool({"at_most", "less_than"} & roles)
    if is_low and is_high:
        return None, None, "ambiguous"
    return (None if is_high else low), (None if is_low else high), None


_BOUNDS = {"at_least", "more_than", "at_most", "less_than"}


def _spans(tokens: list[Token]) -> tuple[list[float] | None, bool]:
    """Spans in days in their order (None where a count is vague), and whether a workload was left out."""
    counts: list[tuple[float, str | None]] = []
    is_joined = has_workload = False
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        unit = _unit(token)
        if token.is_number:
            written = read_written(token.text)
            value = written.grouped if written.is_ambiguous else written.value
            if value is None:
                return None, False
            counts.append((value, None))
        elif unit and place and _is_per(tokens[place - 1]):
            counts, has_workload = [pair for pair in counts if pair[1] != "hour"], True
        elif unit and place and "few" in tokens[place - 1]:
            return None, False
        elif unit and place and (number := _numeral(tokens[place - 1])):
            counts.append((number, unit))
        elif unit and counts and counts[-1][1] is None:
            counts[-1] = (counts[-1][0], unit)
        elif unit and place and _BOUNDS & tokens[place - 1].roles:
            counts.append((1.0, unit))  # `less than month`
        elif (number := _numeral(token)) and following and ("to" in following or "and" in following):
            counts.append((number, None))  # `one to two weeks`
        elif counts and "to" in token:
            is_joined = True
    if not any(unit for _, unit in counts):
        is_alone = all(token.is_number or "to" in token for token in tokens)
        return ([value for value, _ in counts] if is_alone else []), has_workload
    return _in_days(counts, is_joined), has_workload


def _in_days(counts: list[tuple[float, str | None]], is_joined: bool) -> list[float]:
    spans: list[float] = []
    following: str | None = None
    for value, unit in reversed(counts):
        following = unit or following
        if following:
            spans.insert(0, value * DAYS[following])
    units = [unit for _, unit in counts]
    if len(spans) == 2 and not is_joined and all(units) and spans[0] > spans[1] and units[0] != units[1]:
        return [sum(spans)]
    return spans


def _unit(token: Token) -> str | None:
    return next((unit for unit in UNITS if unit in token), None)


def _numeral(token: Token) -> float | None:
    return next((float(number) for role, number in NUMERALS.items() if number and role in token), None)


def _is_per(token: Token) -> bool:
    return "per" in token and not {"one", "article", "to", *_BOUNDS} & token.roles


def _why_none(tokens: list[Token], plain: str, has_workload: bool) -> str:
    if any("ongoing" in token for token in tokens):
        return "ongoing"
    if has_workload:
        return "workload"
    if any("unsure" in token for token in tokens) and not any(token.is_number for token in tokens):
        return "unsure"
    return "no_duration"
