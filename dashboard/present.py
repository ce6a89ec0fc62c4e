"""How a chart stands on the page: the figure, and below it its table, downloads, query and citation."""

from __future__ import annotations

import html
from dataclasses import dataclass
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboard import export, tables, theme
from dashboard.charts.figure import Caption, Figure, inked
from dashboard.queries import SMALLEST_CELL
from dashboard.release import Question, Release
from dashboard.scope import Scope

PLOTLY = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtons": [["toImage"]],
    "responsive": True,
}


@dataclass(frozen=True)
class Chart:
    """A figure with all that must travel with it.

    Attributes:
        key: Short name, unique on the page; part of file names.
        figure: What is drawn.
        caption: Its caption.
        drawn: The rows that are drawn.
        question: The query that they come from.
        sentence: The finding in one sentence, ready to copy.
        n_column: Column of `drawn` and of the mart that counts listings.
    """

    key: str
    figure: Figure
    caption: Caption
    drawn: pl.DataFrame
    question: Question
    sentence: str = ""
    n_column: str = "n"


def answer(sentence: str, *, caveat: str = "") -> None:
    """The view's opening: the answer in one sentence, the caveat smaller below it."""
    st.html(
        f'<p style="font-size:1.2rem;line-height:1.45;margin:0">{html.escape(sentence)}</p>'
        + (
            f'<p style="margin:.4rem 0 0;opacity:.75;font-size:.9rem">{html.escape(caveat)}</p>'
            if caveat
            else ""
        )
    )


def small(words: str) -> None:
    """A remark in small print, escaped: titles of sources are never read as Markdown."""
    st.html(f'<p style="margin:0;opacity:.7;font-size:.875rem">{html.escape(words)}</p>')


def show_chart(scope: Scope, chart: Chart) -> None:
    """Draw a chart with its table twin, downloads, query and citation."""
    stem = export.file_stem(chart.key, chart.caption.release, is_simulated=chart.caption.is_simulated)
    with st.container(border=True):
        st.plotly_chart(
            inked(chart.figure, theme.INKS[st.context.theme.type]),
            key=f"figure_{chart.key}",
            alt=chart.caption.alt(),
            config={
                **PLOTLY,
                "toImageButtonOptions": {"format": "png", "filename": stem, "width": 720, "scale": 2},
            },
        )
        with st.expander("Table, download, query, citation"):
            _twins(scope, chart, stem)


def _twins(scope: Scope, chart: Chart, stem: str) -> None:
    table, download, query, cite = st.tabs(["Table", "Download", "Query", "Cite"])
    with table:
        rows = published(chart.drawn, chart.n_column)
        if rows.is_empty():
            st.caption("No rows: nothing is drawn.")
        else:
            tables.show(rows, f"Table of {chart.caption.subtitle}")
    with download:
        _downloads(scope, chart, stem)
    with query:
        st.code(chart.question.as_text(), language="sql", wrap_lines=True)
        st.caption("Runs in `gigs query` and in any DuckDB client on the release's file.")
    with cite:
        words = [chart.sentence, export.citation(chart.caption), f"Link: {link()}"]
        st.code("\n".join(part for part in words if part), language=None, wrap_lines=True)


def _downloads(scope: Scope, chart: Chart, stem: str) -> None:
    simulated = chart.caption.is_simulated
    address = link()
    everything = whole(scope.release, chart.question.mart, scope.is_simulated)
    columns = {name: str(kind) for name, kind in chart.drawn.schema.items()}
    with st.container(horizontal=True):
        st.download_button(
            "CSV of what is drawn",
            lambda: export.csv(published(chart.drawn, chart.n_column), is_simulated=simulated),
            f"{stem}.csv",
            "text/csv",
            key=f"drawn_{chart.key}",
            on_click="ignore",
        )
        if chart.question.mart in scope.release.columns:
            st.download_button(
                f"CSV of all `{chart.question.mart}`",
                lambda: export.csv(published(scope.ask(everything), chart.n_column), is_simulated=simulated),
                f"{stem}_all.csv",
                "text/csv",
                key=f"all_{chart.key}",
                on_click="ignore",
            )
        st.download_button(
            "Metadata (JSON)",
            lambda: export.metadata(
                chart.caption, chart.question.mart, chart.question.as_text(), columns, address
            ),
            f"{stem}.json",
            "application/json",
            key=f"meta_{chart.key}",
            on_click="ignore",
        )
    st.caption(
        "PNG: the camera above the chart; title, footer and n are part of the picture. "
        f"Tables leave out cells with fewer than {SMALLEST_CELL} listings."
    )


def whole(release: Release, mart: str, is_simulated: bool) -> Question:
    """All rows of a mart that belong to one world, where the mart tells the worlds apart."""
    if not release.has(mart, "is_simulated"):
        return Question(mart, f"select * from {mart}")
    return Question(
        mart, f"select * from {mart} where is_simulated = $is_simulated", {"is_simulated": is_simulated}
    )


def published(frame: pl.DataFrame, n_column: str) -> pl.DataFrame:
    """The rows that may stand in a table: cells with enough listings."""
    if n_column not in frame.columns:
        return frame
    return frame.filter(pl.col(n_column) >= SMALLEST_CELL)


def link() -> str:
    """The address that brings this page back in this state."""
    address = st.context.url or ""
    pairs = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    return f"{address.split('?')[0]}?{urlencode(pairs)}" if pairs else address
