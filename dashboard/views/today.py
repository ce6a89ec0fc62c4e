"""Today: what is happening?"""

from __future__ import annotations

import html
from typing import Any

import polars as pl
import streamlit as st

from dashboard import findings, indices, labels, tables
from dashboard.charts.figure import with_gaps
from dashboard.charts.spark import sparkline
from dashboard.present import PLOTLY, Chart, answer, small
from dashboard.queries import ai, sources
from dashboard.scope import Scope
from dashboard.views.sources import with_recent

TOO_MANY_REJECTS = 0.05
"""Rejected rows for each listing held, from which a source needs attention."""

USUAL_ENOUGH = 20
"""Listings in a usual week under which silence says nothing."""


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("Today")
    charts = [chart for chart in _charts(scope) if chart.sentence]
    if charts:
        answer(charts[0].sentence, caveat=f"As an AI classifier reads it, {findings.CLASSIFIER_CAVEAT}.")
    else:
        answer("No series has a month with enough listings yet.")
    _freshness(scope)
    st.subheader("Findings")
    for at in range(0, len(charts), 2):
        for offset, (column, chart) in enumerate(
            zip(st.columns(2, gap="medium"), charts[at : at + 2], strict=False)
        ):
            with column:
                _card(chart, at + offset)
    _movers(scope)
    _alerts(scope)


def _charts(scope: Scope) -> list[Chart]:
    charts = []
    for side in labels.SIDES:
        for source in findings.market_sources(scope, side)[:1]:
            charts.append(findings.share_chart(scope, source, side, "all", "any", f"share_{side}"))
            growing = findings.growth(scope.ask(ai.ai_growth(source.source, side, "all")))
            if growing and growing[0].verdict == "grew":
                category = growing[0].category
                charts.append(findings.share_chart(scope, source, side, "all", category, f"grew_{side}"))
    return [*charts, *indices.headlines(scope), *_medians(scope)][:6]


def _medians(scope: Scope) -> list[Chart]:
    charts = {}
    for line in findings.price_lines(scope):
        key = f"price_{line.side}_{line.price_kind}"
        occupation = None if key in charts else findings.largest_occupation(scope, line)
        if occupation:
            charts[key] = findings.median_chart(scope, line, occupation, key)
    return list(charts.values())


BOUNDED = (
    ("share", "share_low", "share_high"),
    ("median_usd", "median_low_usd", "median_high_usd"),
    ("value", "low", "high"),
)
"""Columns that a card may draw: the value and its interval."""


def _card(chart: Chart, at: int) -> None:
    columns = next(names for names in BOUNDED if names[0] in chart.drawn.columns)
    colour = chart.figure["data"][-1]["line"]["color"]
    step = indices.STEPS["quarter"] if columns[0] == "value" else indices.STEPS["month"]
    with st.container(border=True):
        st.html(f'<p style="margin:0;line-height:1.4">{html.escape(chart.sentence)}</p>')
        series = with_gaps(chart.drawn, pl.lit(True), step)
        st.plotly_chart(
            sparkline(series, *columns, colour, from_zero=columns[0] != "value"),
            key=f"spark_{at}",
            config={**PLOTLY, "displayModeBar": False},
            alt=chart.caption.alt(),
        )
        small(f"{chart.caption.period}; {chart.caption.source}.")


def _freshness(scope: Scope) -> None:
    listing_sources = scope.ask(sources.sources(scope.is_simulated))
    total = int(listing_sources["n_listings"].sum() or 0)
    active = listing_sources.filter(pl.col("n_listings") > 0).height
    st.caption(f"{total:,} distinct listings of {active} sources, collected to {scope.collected_to}.")


def _movers(scope: Scope) -> None:
    st.subheader("What moved")
    rows = [
        _moved(item, side, source)
        for side in labels.SIDES
        for source in findings.market_sources(scope, side)
        for item in findings.growth(scope.ask(ai.ai_growth(source.source, side, "all")))
        if item.verdict in ("grew", "fell")
    ]
    if not rows:
        st.caption("No AI category moved beyond the width of its intervals.")
        return
    rows.sort(key=lambda row: -abs(row["To"] - row["From"]))
    share = st.column_config.NumberColumn(format="percent")
    tables.show(
        pl.DataFrame(rows[:10]), "AI categories whose share moved beyond its interval", From=share, To=share
    )
    st.caption(
        "Share of listings at both ends of a source: twelve months of requests, one month of offers. "
        "Only changes whose 95% intervals are apart."
    )


def _moved(item: findings.Growth, side: str, source: findings.MarketSource) -> dict[str, Any]:
    early, late = item.early or {}, item.late or {}
    return {
        "What": labels.AI_CATEGORIES[item.category],
        "Side": labels.SIDES[side],
        "Source": source.title,
        "From": early["share"],
        "To": late["share"],
        "Between": f"{labels.period(early['first_on'], early['last_on'])} and "
        f"{labels.period(late['first_on'], late['last_on'])}",
        "n": late["n"],
    }


def _alerts(scope: Scope) -> None:
    st.subheader("Needs attention")
    frame = with_recent(scope, scope.ask(sources.sources(scope.is_simulated)))
    told = [line for row in frame.to_dicts() for line in _alarms(row)]
    for line in told:
        st.text(line)
    if not told:
        st.caption("Nothing: every source has listings, no source fell quiet, and rejects are under 5%.")


def _alarms(row: dict[str, Any]) -> list[str]:
    rejected, listings = row["n_quarantined"] or 0, row["n_listings"] or 0
    week, usual = row["n_week"] or 0, row["n_usual"] or 0
    told = []
    if not listings:
        told.append("no listing has arrived.")
    if listings and rejected > TOO_MANY_REJECTS * listings:
        told.append(f"{rejected:,} rows were rejected; Sources shows the reasons.")
    if row["mode"] != "import" and usual >= USUAL_ENOUGH and week < usual / 2:
        told.append(f"{week:,} listings seen in the last 7 days, against {usual:,.0f} in a usual week.")
    if listings and row.get("verified") is False:
        told.append("its parser was written without a real page or file at hand.")
    return [f"{row['title']}: {line}" for line in told]
