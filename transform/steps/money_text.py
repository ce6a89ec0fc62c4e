"""Grammar of price texts: which numbers are amounts, how they are joined, bounded and rated.

Knows nothing of what a doubtful number or sign finally means: that is decided in `money`, where the
listing's currency and the source's habits are known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from transform.steps.money_currencies import (
    UNKNOWN,
    Candidates,
    currency_of,
    is_currency_role,
    money_lexicon,
    wordlike_codes,
)
from transform.steps.money_offers import Amount, Offer, PriceShape, Rate, amount_of, offer_of
from transform.steps.numbers import NO_NUMBER, ONE, Written, plain_text, shape_of
from transform.steps.words import MULTIPLIERS, Token

_TIMES = ("minute", "hour", "day", "week", "month", "year")
_THINGS = ("word", "image", "project", "other_unit", "second")
_RATE_WORDS = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "piecework": "other",
    "fixed": "project",
}
_BOUNDS = {
    "from": "from",
    "at_least": "at_least",
    "more_than": "at_least",
    "at_most": "at_most",
    "less_than": "at_most",
}
_UP_TO_BY_WAVE = frozenset({"JPY", "KRW"})
"""Where `~5,000` means up to; elsewhere it means about."""
_FIRST_GLUED = "\u0e00"
"""Scripts from Thai on write a multiplier such as `万` with or without a space."""
_EMPTY_CENTS = re.compile(r"(?<=\d)[.,:]--?(?!\d)")  # `25,-` and `25.--`


def read_price_text(text: str) -> tuple[PriceShape, list[Written]]:
    """Amounts, ranges, rates and marks of a price text, and its numbers in their order."""
    shape, numbers = shape_of(_EMPTY_CENTS.sub("", plain_text(text)))
    return _read_shape(shape), numbers


@lru_cache(maxsize=1 << 14)
def _read_shape(shape: str) -> PriceShape:
    return _Reader(shape).read()


@dataclass(slots=True)
class _Reader:
    """One pass over the tokens of one shape."""

    plain: str
    tokens: list[Token] = field(init=False)
    money: list[Candidates | None] = field(init=False)
    numbers: dict[int, int] = field(init=False)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tokens = money_lexicon().tokens(self.plain)
        places = [place for place, token in enumerate(self.tokens) if token.is_number]
        self.numbers = {place: number for number, place in enumerate(places)}
        self.money = [None if t.is_number else currency_of(t, self.plain) for t in self.tokens]

    def read(self) -> PriceShape:
        """Run the steps in their order: rates and quantities take their numbers away from the amounts."""
        rates = list(self._rates_and_quantities())
        amounts = list(self._amounts())
        rates += self._rates_behind(amounts)
        rates.sort(key=lambda rate: rate.first)
        offers = [replace(o, rate=self._rate_of(o, rates, amounts)) for o in self._offers(amounts, rates)]
        if any(offer.currency is not None for offer in offers):
            offers = [offer for offer in offers if offer.currency is not None]
        return PriceShape(
            offers=tuple(offers),
            rates=tuple(rates),
            loose_currency=self._loose_currency(),
            roles=frozenset().union(*(token.roles for token in self.tokens)),
            is_list=self.plain.startswith("[") and self.plain.endswith("]"),
            has_words=any(not token.is_number and token.text not in "-+[]'\",." for token in self.tokens),
            is_negative=bool(amounts) and self._is_negative(amounts[0]),
            is_broken=any(self._is_broken(one, other) for one, other in pairwise(amounts)),
        )

    # Numbers that are not money

    def _rates_and_quantities(self) -> Iterator[Rate]:
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            word = next((role for role in _RATE_WORDS if role in token), None)
            if "per" in token and (rate := self._rate_after(place)):
                self.used.update(range(rate.first, rate.last + 1))
                yield rate
                place = rate.last
            elif word and not self.money[place]:
                yield Rate(_RATE_WORDS[word], place, place)
            elif token.is_number and (last := self._quantity(place)):
                self.used.update(range(place, last + 1))
                place = last
            place += 1

    def _unit(self, place: int, units: tuple[str, ...] = _TIMES + _THINGS) -> str | None:
        if not 0 <= place < len(self.tokens) or place in self.used:
            return None
        return next((unit for unit in units if unit in self.tokens[place]), None)

    def _rate_after(self, place: int) -> Rate | None:
        """Rate that starts with a `per` word: `/ hr`, `per 1000 words`, `за 1 час`, `por la hora`."""
        ahead = place + 1
        while (
            ahead < len(self.tokens)
            and {"per", "article"} & self.tokens[ahead].roles
            and not self._unit(ahead)
        ):
            ahead += 1
        if unit := self._unit(ahead):
            return Rate(_pay_unit(unit), place, ahead)
        if ahead < len(self.tokens) and "thousand" in self.tokens[ahead] and (unit := self._unit(ahead + 1)):
            return Rate("1000_words" if unit == "word" else "other", place, ahead + 1)
        if ahead >= len(self.tokens) or not self.tokens[ahead].is_number or self._is_marked(ahead):
            return None
        return self._rate_by_count(place, ahead)

    def _rate_by_count(self, place: int, count: int) -> Rate | None:
        """Rate for several of a unit: `per 500 words`, `/ 30 min`; but `for 2 weeks` tells how long."""
        thousand = self._multiplier(count) == MULTIPLIERS["thousand"]
        after = count + 2 if thousand else count + 1
        unit, number = self._unit(after), self.tokens[count].text
        if not unit or number == NO_NUMBER:
            return None
        if unit == "word":
            if thousand:
                return Rate("1000_words" if number == ONE else "other", place, after)
            return (
                Rate("word", place, after)
                if number == ONE
                else Rate("1000_words", place, after, self.numbers[count])
            )
        if number == ONE and not thousand:
            return Rate(_pay_unit(unit), place, after)
        is_span = unit in _TIMES and self.tokens[place].text not in ("/", "per")
        return None if is_span else Rate("other", place, after)

    def _quantity(self, place: int) -> int:
        """Last token of a quantity such as `10-30 hrs/week`, `2 days`, `5%`; 0 where there is none."""
        if self._is_marked(place):
            return 0
        last = place
        if self._multiplier(last):
            last += 1
        while (
            last + 2 < len(self.tokens) and "to" in self.tokens[last + 1] and self.tokens[last + 2].is_number
        ):
            if self._is_marked(last + 2):
                return 0
            last += 2
        after = last + 1
        if after < len(self.tokens) and self.tokens[after].text == "+":
            after += 1
        if after < len(self.tokens) and self.tokens[after].text == "%":
            return after
        if not self._unit(after) or "per" in self.tokens[after] or self._joins(after):
            return 0
        per = after + 1
        if per < len(self.tokens) and "per" in self.tokens[per] and self._unit(per + 1, _TIMES):
            return per + 1
        return after

    def _joins(self, place: int) -> bool:
        """A short unit that also joins two numbers: `entre 10 y 20`."""
        is_joint = {"and", "to"} & self.tokens[place].roles
        return bool(is_joint) and place + 1 < len(self.tokens) and self.tokens[place + 1].is_number

    # Numbers that are money

    def _is_marked(self, place: int) -> bool:
        before, after = place - 1, place + 1
        if before >= 0 and self.tokens[before].text == ":":
            before -= 1
        if self._multiplier(place):
            after += 1
        left = before >= 0 and self.money[before] is not None and not self._is_far(before)
        return left or (after < len(self.tokens) and self.money[after] is not None)

    def _is_far(self, before: int) -> bool:
        """A mark that already stands behind a number belongs to that one: `10 USD 3 days`."""
        behind = before - 1
        if behind < 0 or not self.tokens[behind].is_number or behind in self.used:
            return False
        return self.tokens[before].end < self.tokens[before + 1].start

    def _multiplier(self, place: int) -> float | None:
        if place + 1 >= len(self.tokens):
            return None
        token = self.tokens[place + 1]
        role = next((role for role in MULTIPLIERS if role in token), None)
        if role is None:
            return None
        is_letter = len(token.text) == 1 and token.text < _FIRST_GLUED and token.text.isalpha()
        if is_letter and token.start > self.tokens[place].end:
            return None
        if token.text == "m":  # also minute and month: a million only beside a currency or as `M`
            beside = [*self.money[max(0, place - 1) : place], *self.money[place + 2 : place + 3]]
            if not any(mark is not None for mark in beside) and self.plain[token.start] != "M":
                return None
        return MULTIPLIERS[role]

    def _amounts(self) -> Iterator[Amount]:
        for place, token in enumerate(self.tokens):
            if not token.is_number or place in self.used or self._is_in_a_name(place):
                continue
            if token.text == NO_NUMBER:
                continue
            first = last = place
            found: list[tuple[Candidates, bool]] = []
            times = self._multiplier(place) or 1.0
            if times != 1.0:
                last += 1
            before = place - 1
            if before >= 1 and self.tokens[before].text == ":":
                before -= 1
            while before >= 0 and (mark := self.money[before]) is not None and not self._is_far(before):
                found.append((mark, self._is_weak(before)))
                first, before = before, before - 1
            has_plus = False
            while last + 1 < len(self.tokens):
                following = self.tokens[last + 1]
                if following.text == "+":
                    has_plus = True
                elif (mark := self.money[last + 1]) is None or (found and self._opens_next(last + 1)):
                    break
                else:
                    found.append((mark, self._is_weak(last + 1)))
                last += 1
            yield amount_of(self.numbers[place], first, last, times, found, has_plus)

    def _is_weak(self, place: int) -> bool:
        return not all(map(is_currency_role, self.tokens[place].roles))

    def _opens_next(self, place: int) -> bool:
        """The mark stands directly in front of another number: `$10 $20`."""
        return place + 1 < len(self.tokens) and self.tokens[place + 1].is_number

    def _is_in_a_name(self, place: int) -> bool:
        """The number is part of a word: `B2B`, `mp3`, `5x`."""
        token = self.tokens[place]
        if place > 0:
            before = self.tokens[place - 1]
            known = before.roles or self.money[place - 1] is not None or not before.text.isalpha()
            if before.end == token.start and not known:
                return True
        if place + 1 < len(self.tokens):
            after = self.tokens[place + 1]
            known = after.roles or self.money[place + 1] is not None or not after.text.isalpha()
            return after.start == token.end and not known
        return False

    def _is_broken(self, one: Amount, other: Amount) -> bool:
        between = "".join(token.text for token in self.tokens[one.last + 1 : other.first])
        return between in ("", ",") and (one.currency is None) != (other.currency is None)

    def _rates_behind(self, amounts: list[Amount]) -> list[Rate]:
        """Units right behind a marked amount: `20 € die Stunde`, `$50 hour`, `$5 a page`."""
        rates = []
        for amount in amounts:
            place = amount.last + 1
            if place < len(self.tokens) and "article" in self.tokens[place] and place not in self.used:
                place += 1
            elif amount.currency is None:
                continue
            if unit := self._unit(place):
                rates.append(Rate(_pay_unit(unit), place, place))
        return rates

    # Joining

    def _offers(self, amounts: list[Amount], rates: list[Rate]) -> list[Offer]:
        offers: list[Offer] = []
        place = 0
        while place < len(amounts):
            one = amounts[place]
            if place + 1 < len(amounts) and self._is_joined(one, amounts[place + 1], rates):
                offers.append(offer_of(one, amounts[place + 1]))
                place += 2
            else:
                offers.append(offer_of(one, bound=self._bound(one)))
                place += 1
        return offers

    def _is_joined(self, one: Amount, other: Amount, rates: list[Rate]) -> bool:
        units = {rate.unit for amount in (one, other) for rate in rates if rate.first == amount.last + 1}
        if len(units) > 1:
            return False  # `$20/hr or $500/project` is no range
        between = [
            token
            for place, token in enumerate(self.tokens[one.last + 1 : other.first], one.last + 1)
            if place not in self.used and token.text not in "()" and self.money[place] is None
        ]
        joints = [
            t for t in between if not ({"article"} & t.roles and "to" not in t) and not self._is_rate_word(t)
        ]
        if not joints or len(joints) > 2:
            return False
        if all("to" in token for token in joints):
            return True
        opened = any("between" in self.tokens[place] for place in range(max(0, one.first - 2), one.first))
        return opened and len(joints) == 1 and "and" in joints[0]

    def _is_rate_word(self, token: Token) -> bool:
        return "to" not in token and any(role in token for role in _RATE_WORDS)

    def _bound(self, amount: Amount) -> str | None:
        if amount.has_plus:
            return "at_least"
        place = amount.first - 1
        while place >= 0 and (self.tokens[place].text in ":(" or self.money[place] is not None):
            place -= 1
        if place >= 0 and (bound := _bound_of(self.tokens[place])):
            return bound
        if place >= 0 and self.tokens[place].text == "~" and (amount.currency or UNKNOWN) & _UP_TO_BY_WAVE:
            return "at_most"
        place = amount.last + 1
        while place < len(self.tokens) and (
            place in self.used or self.money[place] is not None or self.tokens[place].text in ")"
        ):
            place += 1
        if place == len(self.tokens) - 1:
            if self.tokens[place].text == "~":
                return "from"
            if self.tokens[place].text == "+":
                return "at_least"
            return _bound_of(self.tokens[place])
        return None

    def _rate_of(self, offer: Offer, rates: list[Rate], amounts: list[Amount]) -> Rate | None:
        """The rate nearest to the offer with no other amount in between, first behind, then in front."""
        first, last = offer.amounts[0].first, offer.amounts[-1].last
        following = min((a.first for a in amounts if a.first > last), default=len(self.tokens))
        preceding = max((a.last for a in amounts if a.last < first), default=-1)
        inside = [rate for rate in rates if first < rate.first < last]
        behind = [rate for rate in rates if last < rate.first < following]
        in_front = [rate for rate in rates if preceding < rate.first < first]
        return next(iter([*inside, *behind, *reversed(in_front), *rates]), None)

    def _loose_currency(self) -> Candidates | None:
        found = {
            mark
            for place, mark in enumerate(self.money)
            if mark and not mark & wordlike_codes() and not self._is_weak(place)
        }
        return found.pop() if len(found) == 1 else None

    def _is_negative(self, amount: Amount) -> bool:
        place = amount.first
        if place == 0 or self.tokens[place - 1].text != "-":
            return False
        glued = self.tokens[place - 1].end == self.tokens[place].start
        return glued and (place == 1 or self.tokens[place - 2].text == "(")


def _bound_of(token: Token) -> str | None:
    return next((bound for role, bound in _BOUNDS.items() if role in token), None)


def _pay_unit(unit: str) -> str:
    return "other" if unit in ("other_unit", "second") else unit


def read_kind(text: str) -> str | None:
    """Pay unit that a kind of price names: `Hourly`, `fixed_budget`, `por hora`; None where it names none."""
    reader = _Reader(plain_text(text))
    rates = list(reader._rates_and_quantities())
    if rates:
        return rates[0].unit
    units = [unit for place in range(len(reader.tokens)) if (unit := reader._unit(place))]
    return _pay_unit(units[0]) if units else None
