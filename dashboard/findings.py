"""Findings that more than one view shows: a series, its chart and its sentence, made in one place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import labels, text, theme
from dashboard.charts import prices as price_charts
from dashboard.charts import shares as share_charts
from dashboard.present import Chart
from dashboard.queries import MINIMUM, ai, prices
from dashboard.scope import Scope

CLASSIFIER_CAVEAT = "not corrected for the classifier's own errors"


@dataclass(frozen=True)
class MarketSource:
    """A source whose full frame speaks of the market on one side."""

    source: str
    title: str
    licence: str | None
    n: int
    first_on: date
    last_on: date

    @property
    def label(self) -> str:
        """How a list of sources names it."""
        return f"{self.title} ({labels.period(self.first_on, self.last_on)})"


def market_sources(scope: Scope, side: str) -> list[MarketSource]:
    """Sources for shares of the market on one side, the largest first; empty where the mart is missing."""
    if not scope.release.has("monthly_ai_share"):
        return []
    rows = scope.ask(ai.market_sources(scope.is_simulated, side)).to_dicts()
    return [MarketSource(**row) for row in rows]


def correction(chart: Chart) -> str:
    """What the share of the last month is after correction for the classifier's errors, or why not."""
    if chart.drawn.is_empty():
        return ""
    last = chart.drawn.row(-1, named=True)
    if last["corrected_share"] is None:
        return f"Correction for the classifier's errors: {last['correction_reason'] or 'not supported'}."
    return (
        f"Corrected for the classifier's errors: {text.percent(last['corrected_share'])} "
        f"({text.percent(last['corrected_low'])} to {text.percent(last['corrected_high'])})."
    )


def is_running(scope: Scope, month_on: date) -> bool:
    """Whether a month was still running when the release's last listing was seen."""
    moment = scope.release.collected_to
    if moment is None:
        return False
    ends = (month_on.replace(day=28) + timedelta(days=4)).replace(day=1)
    return month_on <= moment.date() < ends - timedelta(days=1)


def share_chart(
    scope: Scope, source: MarketSource, side: str, occupation: str, category: str, key: str
) -> Chart:
    """Share of one AI category over time, in one source, side and occupation."""
    question = ai.ai_share(source.source, side, occupation, category)
    frame = scope.ask(question)
    drawn = frame.filter(pl.col("n") >= MINIMUM)
    what = "AI work" if category == "any" else labels.name_of(category)
    where = "" if occupation == "all" else f" in {labels.name_of(occupation).lower()}"
    sentence = ""
    if not drawn.is_empty():
        last = drawn.row(-1, named=True)
        sentence = text.share_sentence(last, side, source.title, what, where)
        if is_running(scope, last["month_on"]):
            sentence = sentence.replace(
                f"In {labels.month(last['month_on'])},", f"In {labels.month(last['month_on'])} so far,"
            )
    caption = scope.caption(
        _share_title(side, what, where, drawn),
        measure=f"Share of {labels.SIDE_NOUNS[side]}{where} classified as {what}",
        unit="percent of listings a month with 95% Wilson interval",
        period=labels.period_of(drawn),
        source=f"{source.title} (frame: {labels.FRAMES['full']})",
        n=int(drawn["n"].sum()),
        note=CLASSIFIER_CAVEAT.capitalize(),
        n_of=labels.N_OF[side],
    )
    colour = theme.SIDE_COLOURS[side] if category == "any" else theme.CATEGORY_COLOURS[category]
    return Chart(
        key, share_charts.share_over_time(frame, caption, colour), caption, drawn, question, sentence
    )


def _share_title(side: str, what: str, where: str, drawn: pl.DataFrame) -> str:
    nouns = labels.SIDE_NOUNS[side]
    if drawn.is_empty():
        return f"{what}: how large a share of {nouns}{where}?"
    last = drawn.row(-1, named=True)
    return f"{what}: {text.percent(last['share'])} of {nouns}{where} in {labels.month(last['month_on'])}"


@dataclass(frozen=True)
class PriceLine:
    """One kind of price on one side, in one source and frame."""

    side: str
    price_kind: str
    source: str
    title: str
    licence: str | None
    frame: str
    frame_query: str | None
    n: int
    n_drawn: int

    @property
    def frame_words(self) -> str:
        """The sampling frame in words."""
        if self.frame == "query" and self.frame_query:
            return f"one search, {self.frame_query}"
        return labels.FRAMES.get(self.frame, self.frame)

    @property
    def label(self) -> str:
        """How a list of lines names it."""
        return f"{self.title} ({self.frame_words}, n = {self.n:,})"


def price_lines(scope: Scope) -> list[PriceLine]:
    """All price lines of this world, those with most months to draw first."""
    if not scope.release.has("monthly_prices"):
        return []
    return [PriceLine(**row) for row in scope.ask(prices.series(scope.is_simulated)).to_dicts()]


def median_chart(scope: Scope, line: PriceLine, occupation: str, key: str) -> Chart:
    """Monthly median price of one occupation on one line."""
    question = prices.medians(line.source, line.side, line.price_kind, line.frame)
    frame = scope.ask(question).filter(pl.col("occupation") == occupation)
    drawn = frame.filter((pl.col("n_listings") >= MINIMUM) & pl.col("median_usd").is_not_null())
    kind = labels.PRICE_KINDS[line.price_kind]
    sentence = ""
    if not drawn.is_empty():
        sentence = text.median_sentence(drawn.row(-1, named=True), line.price_kind, line.side, line.title)
    caption = scope.caption(
        _price_title(line.price_kind, occupation, drawn),
        measure=f"Median of {kind.lower()} ({labels.SIDE_NOUNS[line.side]})",
        unit="US dollars of the month, 95% bootstrap interval",
        period=labels.period_of(drawn),
        source=f"{line.title} (frame: {line.frame_words})",
        n=int(drawn["n_listings"].sum()),
        note="Medians follow the mix of listings; they are not a price index",
    )
    figure = price_charts.median_over_time(frame, caption, theme.KIND_COLOURS[line.price_kind])
    return Chart(key, figure, caption, drawn, question, sentence, n_column="n_listings")


def _price_title(kind: str, occupation: str, drawn: pl.DataFrame) -> str:
    what = f"{labels.PRICE_KINDS[kind]} in {labels.name_of(occupation).lower()}"
    if drawn.is_empty():
        return f"{what}: too few"
    last = drawn.row(-1, named=True)
    return f"{what}: median {text.dollars(last['median_usd'])} in {labels.month(last['month_on'])}"


def largest_occupation(scope: Scope, line: PriceLine) -> str | None:
    """The known occupation with most months to draw on a line; null where none has any."""
    frame = scope.ask(prices.medians(line.source, line.side, line.price_kind, line.frame))
    ranked = (
        frame.filter((pl.col("n_listings") >= MINIMUM) & pl.col("median_usd").is_not_null())
        .group_by("occupation")
        .agg(pl.len().alias("months"), pl.col("n_listings").sum().alias("n"))
        .sort(pl.col("occupation") == "unknown", "months", "n", descending=[False, True, True])
    )
    return None if ranked.is_empty() else str(ranked["occupation"][0])


@dataclass(frozen=True)
class Growth:
    """One category's share early and late, and whether the change is beyond doubt."""

    category: str
    early: dict[str, Any] | None
    late: dict[str, Any] | None

    @property
    def change(self) -> float | None:
        """Late share less early share, in shares of 1."""
        if self.early is None or self.late is None:
            return None
        return float(self.late["share"] - self.early["share"])

    @property
    def interval(self) -> tuple[float, float]:
        """95% interval of the change: Newcombe's, from the two Wilson intervals."""
        early, late, change = self.early or {}, self.late or {}, self.change or 0.0
        down = math.hypot(late["share"] - late["share_low"], early["share_high"] - early["share"])
        up = math.hypot(late["share_high"] - late["share"], early["share"] - early["share_low"])
        return change - down, change + up

    @property
    def verdict(self) -> str:
        """`grew`, `fell`, `no clear change` where the intervals overlap, or `too short`."""
        if self.early is None or self.late is None:
            return "too short"
        if self.late["share_low"] > self.early["share_high"]:
            return "grew"
        if self.late["share_high"] < self.early["share_low"]:
            return "fell"
        return "no clear change"


def ranked(items: list[Growth]) -> list[list[Growth]]:
    """Groups that are told apart: within a group the intervals of the changes overlap, so no order holds."""
    groups: list[list[Growth]] = []
    for item in sorted(items, key=lambda item: -(item.change or 0.0)):
        if groups and item.interval[1] >= min(other.interval[0] for other in groups[-1]):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def growth(frame: pl.DataFrame) -> list[Growth]:
    """Categories of an answer to `ai.ai_growth`: clear growth first (largest first), then the rest."""
    found = []
    for category in labels.AI_CATEGORIES:
        rows = {row["era"]: row for row in frame.filter(pl.col("category") == category).to_dicts()}
        if rows:
            found.append(Growth(category, rows.get("early"), rows.get("late")))
    place = {"grew": 0, "fell": 2}
    return sorted(found, key=lambda item: (place.get(item.verdict, 1), -(item.change or 0.0)))
