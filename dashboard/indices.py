"""Price indices as charts with their sentences: one line, its methods, its members, the AI premium."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard import labels, text, theme
from dashboard.charts import indices as charts
from dashboard.present import Chart
from dashboard.queries import prices
from dashboard.release import Value
from dashboard.scope import Scope

STEPS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Line:
    """One index line: what it is for, and how it is shown.

    Attributes:
        side: `request` or `offer`.
        price_kind: Price kind.
        frame: Sampling frame.
        currency: `USD` (all prices converted) or a code (prices written in it).
        grain: `month` or `quarter`.
        dimension: Dimension of the mart.
        member: Member of the dimension.
        real: Deflated by consumer prices.
        as_money: In money instead of 100 = base year.
    """

    side: str
    price_kind: str
    frame: str
    currency: str
    grain: str
    dimension: str
    member: str
    real: bool = False
    as_money: bool = False

    def key(self, *, with_member: bool = True) -> dict[str, Value]:
        """The mart's key columns for this line."""
        names = ["side", "price_kind", "frame", "currency", "grain", "dimension"]
        return {name: getattr(self, name) for name in [*names, *(["member"] if with_member else [])]}

    @property
    def what(self) -> str:
        """The line's name, such as `Fixed budgets of requests in software and technology`."""
        kind = f"{labels.PRICE_KINDS[self.price_kind]} of {labels.SIDE_NOUNS[self.side]}"
        if self.dimension == "occupation":
            return f"{kind} in {labels.name_of(self.member).lower()}"
        if self.dimension == "ai_category":
            return f"{kind} for {labels.name_of(self.member)}"
        if self.dimension == "source":
            return f"{kind} on {self.member}"
        return kind

    def span(self, frame: pl.DataFrame) -> str:
        """The periods of a frame in words."""
        return labels.period_of(frame) if self.grain == "month" else labels.quarters_of(frame)

    def when(self, day: date) -> str:
        """One period in words."""
        return labels.month(day) if self.grain == "month" else labels.quarter(day)

    @property
    def prefix(self) -> str:
        """What stands before numbers on the axis."""
        if not self.as_money:
            return ""
        return "$" if self.currency == "USD" else f"{self.currency} "

    @property
    def money_words(self) -> str:
        """Unit of the line in words."""
        money = "real" if self.real else "nominal"
        currency = "US dollars" if self.currency == "USD" else self.currency
        if self.as_money:
            return f"{money} {currency}, geometric mean price"
        return f"{money} index from prices in {currency}"


def headlines(scope: Scope) -> list[Chart]:
    """The headline line of each side and kind of price: all prices in US dollars by quarter, full frames."""
    if not scope.release.has("price_index", "role", "base_price"):
        return []
    charts_ = []
    for side in labels.SIDES:
        for kind in labels.PRICE_KINDS:
            line = Line(side, kind, "full", "USD", "quarter", "all", "all")
            shown = drawn(points(scope, line).filter(pl.col("role") == "headline"))
            if shown.height > 1:
                charts_.append(one_method(scope, line, shown["method"][0]))
    return charts_


def points(scope: Scope, line: Line) -> pl.DataFrame:
    """Points of all methods of a line, in the money or index that the line shows."""
    frame = scope.ask(prices.index_points(line.key(), line.real))
    if not line.as_money:
        return frame
    scale = pl.col("base_price") / 100
    return frame.with_columns(pl.col(name) * scale for name in ("value", "low", "high"))


def drawn(frame: pl.DataFrame) -> pl.DataFrame:
    """The points that may be drawn."""
    return frame.filter(charts.DRAWN)


def one_method(scope: Scope, line: Line, method: str) -> Chart:
    """The line of one method with its band."""
    frame = points(scope, line).filter(pl.col("method") == method)
    shown = drawn(frame)
    caption = scope.caption(
        _title(line, shown),
        measure=f"{line.what}: {labels.method(method)}",
        unit=f"{line.money_words}{_base(line, frame)}, 95% bootstrap interval",
        period=line.span(shown),
        source=_sources(line),
        n=int(shown["n_items"].sum()),
        note=_note(line, shown),
        n_of="prices",
    )
    figure = charts.index_over_time(
        frame, caption, theme.KIND_COLOURS[line.price_kind], line.prefix, STEPS[line.grain]
    )
    question = prices.index_points(line.key(), line.real)
    return Chart("price_index", figure, caption, shown, question, sentence(line, shown, method), "n_items")


def all_methods(scope: Scope, line: Line) -> Chart:
    """All methods of a line on one axis."""
    frame = points(scope, line)
    shown = drawn(frame)
    caption = scope.caption(
        "Why methods differ: the same prices, counted in other ways",
        measure=line.what,
        unit=f"{line.money_words}{_base(line, frame)}, band: 95% interval of the headline method",
        period=line.span(shown),
        source=_sources(line),
        n=int(shown.filter(pl.col("role") == "headline")["n_items"].sum()),
        note="Chained lines drift and are shown as a warning" if "warning" in shown["role"].to_list() else "",
        n_of="prices",
    )
    figure = charts.methods_beside(frame, caption, line.prefix, STEPS[line.grain])
    question = prices.index_points(line.key(), line.real)
    return Chart("price_methods", figure, caption, shown, question, n_column="n_items")


def members(scope: Scope, line: Line) -> Chart:
    """The latest index of each occupation beside each other."""
    question = prices.index_members(line.key(with_member=False), line.real)
    frame = scope.ask(question)
    named = frame.with_columns(
        pl.col("member").map_elements(labels.name_of, pl.String).alias("name"),
        pl.col("member").replace_strict(theme.OCCUPATION_COLOURS, default=theme.GREY).alias("colour"),
    )
    ranked = not frame.is_empty() and frame["rank_best"].is_not_null().any()
    caption = scope.caption(
        "Prices by occupation since their base year",
        measure=f"{labels.PRICE_KINDS[line.price_kind]} of {labels.SIDE_NOUNS[line.side]}, headline method",
        unit=f"{'real' if line.real else 'nominal'} index, 100 = each line's base year, 95% interval",
        period=line.span(frame),
        source=_sources(line),
        n=int(frame["n_items"].sum()),
        note="" if ranked else "No rank: intervals are too wide or overlap",
        n_of="prices",
    )
    figure = charts.members_beside(named, caption)
    return Chart("price_by_occupation", figure, caption, frame, question, n_column="n_items")


def premium(scope: Scope, line: Line, flag: str) -> Chart:
    """Price difference of flagged listings by occupation in the last half-year that has any."""
    question = prices.premium(scope.is_simulated, line.side, line.price_kind)
    frame = scope.ask(question).filter(
        (pl.col("flag") == flag)
        & (pl.col("frame") == line.frame)
        & pl.col("premium").is_not_null()
        & ~pl.col("verdict").is_in(["too few", "gap"])
    )
    last = frame.filter(pl.col("half_year_on") == pl.col("half_year_on").max()).sort(
        pl.col("occupation") != "all", "premium", descending=[False, True]
    )
    named = last.with_columns(
        pl.col("occupation").map_elements(labels.name_of, pl.String).alias("name"),
        pl.col("occupation").replace_strict(theme.OCCUPATION_COLOURS, default=theme.GREY).alias("colour"),
    )
    corrected = last["corrected_premium"].is_not_null().any()
    period = last["half_year"][0] if not last.is_empty() else "no half-year with enough listings"
    caption = scope.caption(
        f"{labels.FLAGS[flag]}: dearer or cheaper than comparable listings?",
        measure=f"{labels.PRICE_KINDS[line.price_kind]} of {labels.SIDE_NOUNS[line.side]}, difference in the "
        "hedonic model",
        unit="percent, 95% interval"
        + ("; full: as found, hollow: corrected for the classifier's errors" if corrected else ""),
        period=period,
        source=_sources(line),
        n=max(last["n_listings"].to_list(), default=0),
        note="" if corrected else "Correction for the classifier's errors is not supported by the labels",
        n_of="prices",
    )
    figure = charts.premium_by_occupation(named, caption)
    return Chart("ai_premium", figure, caption, last, question, _premium_words(last, flag), "n_listings")


def sentence(line: Line, shown: pl.DataFrame, method: str) -> str:
    """The finding of a line: its last point against the base, with interval, n, verdict."""
    if shown.is_empty():
        return ""
    last = shown.row(-1, named=True)
    money = "in real terms" if line.real else "in nominal terms"
    prices_of = labels.method(method)
    when = line.when(last["month_on"])
    if line.as_money:
        body = f"were at {line.prefix}{last['value']:,.0f} in {when}"
        band = _band(last, lambda value: f"{line.prefix}{value:,.0f}")
    else:
        size = last["value"] / 100 - 1
        moved = "higher" if size >= 0 else "lower"
        body = f"were {abs(size):.1%} {moved} in {when} than in {last['base_period']}"
        if _is_unclear(last):
            body = f"were not clearly different in {when} from {last['base_period']}, {text.change(size)}"
        band = _band(last, lambda value: text.change(value / 100 - 1))
    return (
        f"{line.what} {body} {money} ({band}{last['n_items']:,} prices; {prices_of}). "
        f"The figure is {labels.VERDICTS.get(last['verdict'], last['verdict'])}."
    )


def _premium_words(last: pl.DataFrame, flag: str) -> str:
    overall = last.filter(pl.col("occupation") == "all")
    if overall.is_empty():
        return ""
    row = overall.row(0, named=True)
    how = {"higher": "dearer", "lower": "cheaper"}.get(row["verdict"], "not clearly dearer or cheaper")
    return (
        f"{labels.FLAGS[flag]}: {how} than comparable listings in {row['half_year']}, "
        f"{text.change(row['premium'])} (95% interval {text.change(row['premium_low'])} to "
        f"{text.change(row['premium_high'])}; {row['n_flagged']:,} of {row['n_listings']:,} prices)."
    )


def _band(row: dict[str, Any], form: Any) -> str:
    if row["low"] is None or row["high"] is None:
        return "no interval; "
    return f"95% interval {form(row['low'])} to {form(row['high'])}; "


def _title(line: Line, shown: pl.DataFrame) -> str:
    if shown.is_empty():
        return f"{line.what}: too few prices"
    last = shown.row(-1, named=True)
    when = line.when(last["month_on"])
    if line.as_money:
        return f"{line.what}: {line.prefix}{last['value']:,.0f} in {when}"
    if _is_unclear(last):
        return f"{line.what}: no clear change since {last['base_period']}"
    return f"{line.what}: {last['value'] - 100:+.1f}% since {last['base_period']}"


def _is_unclear(row: dict[str, Any]) -> bool:
    """Whether the interval holds the base year's level."""
    return row["low"] is not None and row["high"] is not None and row["low"] <= 100 <= row["high"]


def _base(line: Line, frame: pl.DataFrame) -> str:
    if line.as_money or frame.is_empty():
        return ""
    return f", 100 = {frame['base_period'].drop_nulls().to_list()[0]}" if _has_base(frame) else ""


def _has_base(frame: pl.DataFrame) -> bool:
    return frame["base_period"].drop_nulls().len() > 0


def _sources(line: Line) -> str:
    if line.dimension == "source":
        return f"{line.member} (frame: {labels.FRAMES.get(line.frame, line.frame)})"
    every = labels.SOURCES_OF.get(line.frame, line.frame)
    return f"{every}, but {line.member}" if line.dimension == "without source" else every


def _note(line: Line, shown: pl.DataFrame) -> str:
    if shown.is_empty():
        return ""
    last = shown.row(-1, named=True)
    provisional = "Consumer prices of the last periods are provisional" if last["is_provisional"] else ""
    return ". ".join(part for part in (provisional if line.real else "", last["note"] or "") if part)
