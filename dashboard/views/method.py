"""Method: how is it made?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import export, labels, tables
from dashboard.controls import choose
from dashboard.present import answer, published, whole
from dashboard.queries import sources
from dashboard.scope import Scope
from dashboard.views import scores

DOWNLOAD_LIMIT = 200_000
"""Rows that a browser is asked to take as CSV."""

DEFINITIONS = """
- **Side.** A *request* is a client's job post, an *offer* is a freelancer's gig. They are never added up.
- **Price kinds.** *Fixed budget*, *hourly rate*, *asking price*, *average bid*: four things, four lines.
- **Sampling frame.** *Full*: the source lists all categories. *Query*: listings found by one search.
  *Panel*: fixed items, revisited. Lines of different frames are never joined, and shares of the market
  come from full frames only.
- **Month.** A request counts in the month it was posted, an offer in the month it was seen. Listings
  without a date enter no line. Days are UTC.
- **Interval.** The range that holds the true value in 95 of 100 such samples, if the sample is a fair one:
  Wilson's for shares, bootstrap for medians. It knows nothing of a biased source.
- **Too few.** Nothing is drawn under 30 listings; tables leave out cells under 10.
- **AI service.** Take the AI out of the listing: is there still the same job? If yes, it is not an AI
  service, though it may welcome AI tools.
"""


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("Method")
    answer(
        "Public gig listings are collected or imported, read for AI work and prices by published rules, and "
        "counted with their uncertainty.",
        caveat="Every figure names its source, its n, its interval and its release.",
    )
    st.subheader("Definitions")
    st.markdown(DEFINITIONS)
    st.markdown(
        "**Kinds of AI work**\n\n"
        + "\n".join(f"- *{name}*: {labels.AI_MEANINGS[key]}." for key, name in labels.AI_CATEGORIES.items())
    )
    st.subheader("Why do price lines differ?")
    st.markdown(
        "All of them read the same prices and ask another question. What is sold changes every month, so the "
        "middle of the market moves even where no price does; an index compares like with like.\n\n"
        + "\n".join(f"- *{labels.METHODS[key]}* {words}." for key, words in labels.METHOD_MEANINGS.items())
    )
    st.subheader("How good is the classifier?")
    scores.show(scope)
    st.subheader("Do the intervals hold what they promise?")
    _coverage(scope)
    st.subheader("Data dictionary")
    _dictionary(scope)
    st.subheader("Releases")
    tables.show(
        scope.ask(sources.releases()),
        "Releases, the newest first",
        {
            "release_id": "Release",
            "published_at": "Published (UTC)",
            "collected_to": "Collected to (UTC)",
            "n_listings": "Listings",
            "is_simulated": "Simulated",
            "schema_version": "Schema",
            "git_revision": "Revision",
        },
    )
    st.subheader("Downloads")
    _downloads(scope)
    st.subheader("Citation")
    st.code(
        f"Gig Observatory, release {scope.release.release_id}, data collected to {scope.collected_to}. "
        "CC BY 4.0." + (" SIMULATED DATA, not a finding about any market." if scope.is_simulated else ""),
        language=None,
        wrap_lines=True,
    )


def _coverage(scope: Scope) -> None:
    if scope.lacks(
        "interval_coverage", "coverage_low", "verdict", purpose="How often the intervals are right"
    ):
        return
    tables.show(
        scope.ask(sources.coverage()),
        "Coverage of the intervals in simulated markets with a known truth",
        {
            "effect": "Planted effect and method",
            "n_seeds": "Markets",
            "coverage": "Covered",
            "coverage_low": "Low",
            "coverage_high": "High",
            "bias": "Bias",
            "planted": "Planted",
            "verdict": "Verdict",
        },
        Covered=st.column_config.NumberColumn(format="percent"),
        Low=st.column_config.NumberColumn(format="percent"),
        High=st.column_config.NumberColumn(format="percent"),
        Bias=st.column_config.NumberColumn(format="%.4f"),
        Planted=st.column_config.NumberColumn(format="%.3f"),
    )
    st.caption(
        "Simulated markets with a known truth: 95% intervals should hold it in 95 of 100 markets (92 to 98 "
        "passes). Bias and truth in log points; coverage with its Clopper-Pearson interval."
    )


def _dictionary(scope: Scope) -> None:
    frame = scope.ask(sources.dictionary())
    marts = frame["mart"].unique(maintain_order=True).to_list()
    marts.sort(key=lambda name: (name != "listings", name))
    mart = choose("Table", {name: name for name in marts}, "table")
    part = frame.filter(pl.col("mart") == mart)
    grain = part["grain"][0]
    if grain:
        st.caption(grain)
    tables.show(
        part,
        f"Columns of {mart} and their meaning",
        {"column": "Column", "type": "Type", "meaning": "Meaning"},
        Meaning=st.column_config.TextColumn(width="large"),
    )


def _downloads(scope: Scope) -> None:
    frame = scope.ask(sources.sizes())
    rows = {row["mart"]: row["n_rows"] for row in frame.to_dicts()}
    mart = choose("Table to download", {name: f"{name} ({n:,} rows)" for name, n in rows.items()}, "download")
    if rows[mart] <= DOWNLOAD_LIMIT:
        st.download_button(
            f"CSV of {mart}",
            lambda: export.csv(_whole(scope, mart), is_simulated=scope.is_simulated),
            export.file_stem(mart, scope.release.release_id, is_simulated=scope.is_simulated) + ".csv",
            "text/csv",
            on_click="ignore",
        )
    else:
        st.caption(f"Tables over {DOWNLOAD_LIMIT:,} rows are taken from the file:")
    st.code(f'gigs query "select * from {mart}" --format parquet --out {mart}.parquet', language="bash")
    st.caption("The whole release is one DuckDB file:")
    st.code(str(scope.release.path), language=None, wrap_lines=True)


def _whole(scope: Scope, mart: str) -> pl.DataFrame:
    frame = scope.ask(whole(scope.release, mart, scope.is_simulated))
    n_column = next((name for name in ("n", "n_listings") if name in frame.columns), "")
    cells = frame if mart in ("listings", "sources", "releases") else published(frame, n_column)
    return cells.drop("author_key", strict=False)
