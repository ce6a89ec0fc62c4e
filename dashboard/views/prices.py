"""Prices: what is paid, asked, bid?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import findings, labels
from dashboard.charts import prices as price_charts
from dashboard.controls import choose
from dashboard.present import Chart, answer, show_chart
from dashboard.queries import MINIMUM, prices
from dashboard.scope import Scope


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("Prices")
    if scope.lacks("monthly_prices", purpose="Prices"):
        return
    lines = findings.price_lines(scope)
    if not lines:
        st.info("No dated listing has a price in US dollars.", icon=":material/info:")
        return
    line = _choose(lines)
    frame = scope.ask(prices.medians(line.source, line.side, line.price_kind, line.frame))
    drawable = frame.filter((pl.col("n_listings") >= MINIMUM) & pl.col("median_usd").is_not_null())
    found = drawable["occupation"].unique().to_list()
    choices = [key for key in labels.OCCUPATIONS if key in found]
    if not choices:
        st.info(
            f"Too few: no month and occupation has {MINIMUM} listings with a price in US dollars.",
            icon=":material/info:",
        )
        return
    occupation = choose("Occupation", {key: labels.name_of(key) for key in choices}, "occupation")
    chart = findings.median_chart(scope, line, occupation, "median")
    answer(
        chart.sentence, caveat=f"{labels.PRICE_MEANINGS[line.price_kind].capitalize()}. {_frame_words(line)}"
    )
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(scope, chart)
    latest = _latest(scope, line, drawable)
    if latest.drawn.height > 1:
        with right:
            show_chart(scope, latest)


def _choose(lines: list[findings.PriceLine]) -> findings.PriceLine:
    drawable = {(line.side, line.price_kind) for line in lines if line.n_drawn}
    pairs = {(line.side, line.price_kind) for line in lines}
    order = [(side, kind) for side in labels.SIDES for kind in labels.PRICE_KINDS if (side, kind) in pairs]
    order.sort(key=lambda pair: pair not in drawable)
    names = {f"{kind}-{side}": (side, kind) for side, kind in order}
    left, right = st.columns(2)
    with left:
        pair = choose(
            "Kind of price",
            {
                key: f"{labels.PRICE_KINDS[kind]}, {labels.SIDES[side].lower()}"
                for key, (side, kind) in names.items()
            },
            "kind",
        )
    side, kind = names[pair]
    fitting = {f"{x.source}-{x.frame}": x for x in lines if x.side == side and x.price_kind == kind}
    with right:
        chosen = choose("Source", {key: item.label for key, item in fitting.items()}, "line")
    return fitting[chosen]


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
