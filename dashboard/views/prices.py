"""Prices: what is paid, asked, bid?"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from dashboard import findings, indices, labels, tables
from dashboard.charts import prices as price_charts
from dashboard.controls import choose
from dashboard.indices import Line
from dashboard.present import Chart, answer, show_chart, small
from dashboard.queries import MINIMUM, prices
from dashboard.scope import Scope

DIMENSIONS = {
    "all": "All prices",
    "aggregate": "Occupations with fixed weights",
    "occupation": "Occupation",
    "ai_category": "AI work",
    "source": "Source",
    "without source": "Without one source",
}


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("Prices")
    if scope.lacks("monthly_prices", purpose="Prices"):
        return
    lines = findings.price_lines(scope)
    if not lines:
        st.info("No dated listing has a price in US dollars.", icon=":material/info:")
        return
    side, kind = _choose_kind(scope, lines)
    st.caption(f"{labels.PRICE_KINDS[kind]}: {labels.PRICE_MEANINGS[kind]}.")
    _index(scope, side, kind)
    _medians(scope, [line for line in lines if line.side == side and line.price_kind == kind])
    _checks(scope, side, kind)


def _choose_kind(scope: Scope, lines: list[findings.PriceLine]) -> tuple[str, str]:
    drawable = {(line.side, line.price_kind) for line in lines if line.n_drawn}
    if scope.release.has("price_index", "role"):
        drawable |= set(scope.ask(prices.index_kinds(scope.is_simulated)).rows())
    pairs = {(line.side, line.price_kind) for line in lines}
    order = [(side, kind) for side in labels.SIDES for kind in labels.PRICE_KINDS if (side, kind) in pairs]
    order.sort(key=lambda pair: pair not in drawable)
    names = {f"{kind}-{side}": (side, kind) for side, kind in order}
    words = {
        key: f"{labels.PRICE_KINDS[kind]}, {labels.SIDES[side].lower()}"
        for key, (side, kind) in names.items()
    }
    return names[choose("Kind of price", words, "kind")]


def _index(scope: Scope, side: str, kind: str) -> None:
    st.subheader("Price index")
    if scope.lacks("price_index", "role", "base_price", purpose="The price index"):
        return
    known = scope.ask(prices.index_lines(scope.is_simulated, side, kind)).filter(pl.col("n_drawn") > 1)
    if known.is_empty():
        st.info(
            f"Too few: no index line of {labels.PRICE_KINDS[kind].lower()} has two periods with {MINIMUM} "
            "prices.",
            icon=":material/info:",
        )
        return
    line, method = _choose_line(known, side, kind)
    chart = indices.one_method(scope, line, method)
    answer(chart.sentence or "No period of this line can be drawn.", caveat=_caveat(line, method))
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(scope, chart)
    with right:
        show_chart(scope, indices.all_methods(scope, line))
    _meanings(indices.points(scope, line)["method"].unique().to_list())
    left, right = st.columns(2, gap="medium")
    with left:
        by_occupation = indices.members(scope, _of_occupations(line))
        if by_occupation.drawn.height > 1:
            show_chart(scope, by_occupation)
    with right:
        _premium(scope, line)


def _choose_line(known: pl.DataFrame, side: str, kind: str) -> tuple[Line, str]:
    places = iter([*st.columns(3), *st.columns(3)])

    def pick(label: str, options: dict[str, str], key: str) -> str:
        if len(options) == 1:
            return next(iter(options))
        with next(places):
            return choose(label, options, key)

    frame = pick("Sampling frame", _options(known, "frame", labels.FRAMES), "frame")
    known = known.filter(pl.col("frame") == frame)
    currency = pick("Currency", _options(known, "currency", {"USD": "US dollars"}), "currency")
    known = known.filter(pl.col("currency") == currency)
    grain = pick("Period", _options(known, "grain", {"quarter": "Quarter", "month": "Month"}), "grain")
    known = known.filter(pl.col("grain") == grain)
    members = {
        f"{dimension}:{member}": _member(dimension, member)
        for dimension in DIMENSIONS
        for member in _largest_first(known.filter(pl.col("dimension") == dimension))
    }
    dimension, member = pick("Line", members, "line").split(":", 1)
    known = known.filter((pl.col("dimension") == dimension) & (pl.col("member") == member))
    methods = known.sort(pl.col("role") != "headline")["method"].unique(maintain_order=True).to_list()
    method = pick("Method", {key: labels.method(key) for key in methods}, "method")
    has_real = bool((known["n_real"] > 1).any())
    units = {"index": "Index, nominal"} | ({"real": "Index, real (less inflation)"} if has_real else {})
    if dimension not in ("aggregate", "without source"):
        units |= {"money": "Price, nominal"} | ({"money-real": "Price, real"} if has_real else {})
    unit = pick("Shown as", units, "unit")
    line = Line(
        side,
        kind,
        frame,
        currency,
        grain,
        dimension,
        member,
        real=unit.endswith("real"),
        as_money=unit.startswith("money"),
    )
    return line, method


def _largest_first(known: pl.DataFrame) -> list[str]:
    sizes = known.group_by("member").agg(pl.col("n_items").max()).sort("n_items", "member", descending=True)
    return [str(member) for member in sizes["member"]]


def _options(known: pl.DataFrame, column: str, names: Mapping[str, str]) -> dict[str, str]:
    found = known[column].unique().to_list()
    first = [key for key in names if key in found]
    return {key: names.get(key, key) for key in [*first, *sorted(set(found) - set(first))]}


def _member(dimension: str, member: str) -> str:
    if member == "all":
        return DIMENSIONS[dimension]
    if member == "unweighted":
        return "Occupations, unweighted"
    return f"{DIMENSIONS[dimension]}: {labels.name_of(member)}"


def _of_occupations(line: Line) -> Line:
    return Line(
        line.side, line.price_kind, line.frame, line.currency, line.grain, "occupation", "all", line.real
    )


def _caveat(line: Line, method: str) -> str:
    said = f"{labels.method(method)}: {labels.METHOD_MEANINGS.get(method, 'no description in this version')}."
    if line.frame != "full":
        said += f" Sampling frame: {labels.FRAMES.get(line.frame, line.frame)}; not the whole market."
    return said


def _meanings(methods: list[str]) -> None:
    with st.expander("Why do the methods differ?"):
        for method in labels.METHODS:
            if method in methods:
                st.markdown(f"**{labels.method(method)}** {labels.METHOD_MEANINGS[method]}.")


def _premium(scope: Scope, line: Line) -> None:
    if scope.lacks("ai_premium", "corrected_premium", "flag", purpose="The AI premium"):
        return
    flag = choose("Compare", labels.FLAGS, "flag")
    chart = indices.premium(scope, line, flag)
    show_chart(scope, chart)
    if chart.sentence:
        small(chart.sentence)


def _medians(scope: Scope, lines: list[findings.PriceLine]) -> None:
    st.subheader("Medians by month")
    fitting = {f"{line.source}-{line.frame}": line for line in lines}
    line = fitting[choose("Source", {key: item.label for key, item in fitting.items()}, "source")]
    frame = scope.ask(prices.medians(line.source, line.side, line.price_kind, line.frame))
    drawable = frame.filter((pl.col("n_listings") >= MINIMUM) & pl.col("median_usd").is_not_null())
    found = drawable["occupation"].unique().to_list()
    choices = {key: labels.name_of(key) for key in labels.OCCUPATIONS if key in found}
    if not choices:
        st.info(
            f"Too few: no month and occupation has {MINIMUM} listings with a price in US dollars.",
            icon=":material/info:",
        )
        return
    occupation = choose("Occupation", choices, "occupation")
    chart = findings.median_chart(scope, line, occupation, "median")
    small(f"{chart.sentence} {_frame_words(line)}")
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(scope, chart)
    latest = _latest(scope, line, drawable)
    if latest.drawn.height > 1:
        with right:
            show_chart(scope, latest)


def _frame_words(line: findings.PriceLine) -> str:
    if line.frame == "full":
        return "The source lists all categories."
    return f"Sampling frame: {line.frame_words}. It speaks of prices within an occupation, not of the market."


def _latest(scope: Scope, line: findings.PriceLine, drawable: pl.DataFrame) -> Chart:
    last = drawable.filter(pl.col("month_on") == pl.col("month_on").max())
    frame = last.sort("median_usd", descending=True)
    kind = labels.PRICE_KINDS[line.price_kind]
    caption = scope.caption(
        f"{kind}: which occupations pay more?",
        measure=f"Median of {kind.lower()} ({labels.SIDE_NOUNS[line.side]})",
        unit="US dollars, 95% bootstrap interval",
        period=labels.period_of(last),
        source=f"{line.title} (frame: {line.frame_words})",
        n=int(frame["n_listings"].sum()),
        note="Where intervals overlap, the order means nothing",
    )
    return Chart(
        "by_occupation",
        price_charts.medians_by_occupation(frame, caption),
        caption,
        frame,
        prices.medians(line.source, line.side, line.price_kind, line.frame),
        n_column="n_listings",
    )


def _checks(scope: Scope, side: str, kind: str) -> None:
    with st.expander("How were these prices read?"):
        if scope.lacks("price_checks", "check_name", "subject", purpose="How prices were read"):
            return
        frame = scope.ask(prices.checks(scope.is_simulated, side, kind))
        read = frame.filter(pl.col("check_name") == "extraction")
        tables.show(
            read.with_columns(pl.col("subject").str.replace_all("_", " ")),
            "How prices were read from text",
            {"source": "Source", "subject": "Written as", "n": "Prices", "share": "Share"},
        )
        alarms = frame.filter(pl.col("check_name") == "default value")
        if alarms.is_empty():
            st.caption("No value suddenly held an unusual share of a source's prices.")
            return
        st.markdown("**Values that suddenly held an unusual share: defaults, not prices?**")
        tables.show(
            alarms,
            "Values that raised an alarm",
            {
                "source": "Source",
                "value": "Value",
                "currency": "Currency",
                "share": "Share",
                "first_on": "From",
                "last_on": "To",
                "subject": "Ruling",
            },
        )
