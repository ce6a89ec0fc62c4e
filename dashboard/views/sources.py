"""Sources: can I trust today's data?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import labels, tables, theme
from dashboard.charts.counts import listings_by_month
from dashboard.controls import choose
from dashboard.present import Chart, answer, show_chart
from dashboard.queries import sources
from dashboard.scope import Scope

COVERAGE = {
    "title_share": "Title",
    "description_share": "Description",
    "price_share": "Price",
    "currency_share": "Currency",
    "posted_share": "Date",
    "category_share": "Category",
}


RUNS = {
    "started_at": "Started (UTC)",
    "source": "Source",
    "kind": "Kind",
    "file_name": "File",
    "n_seen": "Seen",
    "n_new": "New",
    "n_repeated": "Repeated",
    "n_changed": "Changed",
    "n_quarantined": "Rejected",
    "parser_version": "Parser",
    "run_id": "Run",
}


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("Sources")
    frame = scope.ask(sources.sources(scope.is_simulated))
    active = frame.filter(pl.col("n_listings") > 0)
    rejected = int(frame["n_quarantined"].sum() or 0)
    answer(
        f"{active.height} of {frame.height} sources hold {int(active['n_listings'].sum() or 0):,} distinct "
        f"listings; {rejected:,} rows were rejected, each with its reason.",
        caveat=f"Collected to {scope.collected_to}.",
    )
    _overview(scope, frame)
    if not active.is_empty():
        _one(scope, active)
    _collecting(scope)
    _runs(scope)
    _rejects(scope)


def with_recent(scope: Scope, frame: pl.DataFrame) -> pl.DataFrame:
    """The sources with their last week and usual week; null where the release cannot tell."""
    if not scope.release.has("listing_days", "seen_on"):
        return frame.with_columns(pl.lit(None, pl.Int64).alias("n_week"), pl.lit(None).alias("n_usual"))
    return frame.join(scope.ask(sources.recent(scope.is_simulated)), on="source", how="left")


def _overview(scope: Scope, frame: pl.DataFrame) -> None:
    readable = with_recent(scope, frame).with_columns(
        pl.col("mode").replace(labels.MODES),
        pl.col("frame").replace(labels.FRAMES),
        pl.col("coverage").fill_null("unknown").replace(labels.COVERAGES),
        pl.col("side").replace({**labels.SIDE_NOUNS, "both": "requests and offers"}),
    )
    tables.show(
        readable,
        "Sources with their frame, last run, counts and field coverage",
        {
            "title": "Source",
            "n_listings": "Listings",
            "last_run_at": "Last run (UTC)",
            "n_week": "Last 7 days",
            "n_usual": "Usual week",
            "n_quarantined": "Rejected",
            **COVERAGE,
            "side": "Side",
            "frame": "Frame",
            "coverage": "Covers",
            "mode": "Permission",
            "verified": "Checked on real pages",
        },
    )
    st.caption("Usual week: average of the four weeks before the last seven days of the release.")
    st.caption("Title to Category: share of listings in which the source gives that field.")


def _one(scope: Scope, active: pl.DataFrame) -> None:
    titles = dict(zip(active["source"], active["title"], strict=True))
    name = choose("Look at one source", titles, "source")
    row = active.filter(pl.col("source") == name).row(0, named=True)
    facts = {
        "Permission": labels.MODES.get(row["mode"], row["mode"]),
        "Terms": row["terms_note"],
        "Terms address": row["terms_url"],
        "Homepage": row["homepage"],
        "Licence": row["licence"],
        "Frame": f"{labels.FRAMES.get(row['frame'], row['frame'])}"
        + (f": {row['frame_query']}" if row["frame_query"] else ""),
        "Covers": labels.COVERAGES.get(row["coverage"] or "unknown"),
        "Posted": _span(row["first_posted_at"], row["last_posted_at"]),
        "Seen": _span(row["first_seen_at"], row["last_seen_at"]),
        "Texts kept": f"{row['retention_days']} days" if row["retention_days"] else "no limit",
        "Texts published": "yes" if row["publishes_text"] else "no",
    }
    tables.show(
        pl.DataFrame([{"Fact": key, "Value": str(value)} for key, value in facts.items() if value]),
        f"Facts of {row['title']}",
        Fact=st.column_config.TextColumn(width="small"),
        Value=st.column_config.TextColumn(width="large"),
    )
    if scope.lacks("monthly_counts", purpose="Listings by month"):
        return
    question = sources.volume(scope.is_simulated)
    volume = scope.ask(question).filter(pl.col("source") == name)
    columns = st.columns(2, gap="medium")
    pairs = volume.select("side", "frame").unique(maintain_order=True).rows()
    for at, (side, sampling) in enumerate(pairs):
        part = volume.filter((pl.col("side") == side) & (pl.col("frame") == sampling))
        caption = scope.caption(
            f"How many {labels.SIDE_NOUNS[side]} does {row['title']} hold?",
            measure=f"Distinct {labels.SIDE_NOUNS[side]} by month",
            unit="listings",
            period=labels.period_of(part),
            source=f"{row['title']} (frame: {labels.FRAMES.get(sampling, sampling)})",
            n=int(part["n_listings"].sum()),
            note="Counts of what is held here, not of the market" if sampling != "full" else "",
        )
        figure = listings_by_month(part, caption, theme.SIDE_COLOURS[side])
        with columns[at % 2]:
            show_chart(
                scope,
                Chart(f"volume_{side}_{sampling}", figure, caption, part, question, n_column="n_listings"),
            )


def _span(first: object, last: object) -> str | None:
    return None if first is None else f"{str(first)[:10]} to {str(last)[:10]}"


def _collecting(scope: Scope) -> None:
    st.subheader("Collecting")
    if scope.lacks("collecting_runs", purpose="The log of collecting"):
        return
    last = scope.ask(sources.collecting(scope.is_simulated))
    if last.is_empty():
        st.caption("No source has been collected here; what is shown was imported.")
        return
    tables.show(
        last,
        "Last run of each collected source",
        {
            "title": "Source",
            "started_at": "Started (UTC)",
            "outcome": "Outcome",
            "is_held": "Held back",
            "n_pages": "Pages",
            "n_listings": "Listings",
            "n_listings_usual": "Usual run",
            "n_new": "New",
            "n_changed": "Changed",
            "n_gone": "Gone",
            "n_rejected": "Rejected",
            "alarm_words": "Alarms",
            "parser_version": "Parser",
            "break_words": "Accepted changes",
        },
    )
    st.caption(
        "Usual run: median of the runs in the four weeks before. A run with alarms is held back until "
        "somebody has looked; the last release stays."
    )
    refused = scope.ask(sources.refusals(scope.is_simulated))
    if refused.is_empty():
        st.caption("Every page of the last runs was read: none forbidden, blocked or gone.")
    else:
        tables.show(
            refused,
            "Pages of the last runs that were not read",
            {"title": "Source", "reason": "Reason", "n_pages": "Pages"},
        )
    robots = scope.ask(sources.robots())
    if not robots.is_empty():
        tables.show(
            robots,
            "robots.txt: the last reading of each host",
            {
                "origin": "Host",
                "read_at": "Read (UTC)",
                "outcome": "Outcome",
                "stay_away_until": "Stay away until (UTC)",
                "stay_away_why": "Because",
            },
        )
        st.caption("Rules: obeyed page by page. None: the host has no robots.txt, which allows everything.")


def _runs(scope: Scope) -> None:
    st.subheader("Runs")
    if scope.lacks("import_runs", purpose="The list of runs"):
        return
    frame = scope.ask(sources.runs(scope.is_simulated))
    tables.show(
        frame,
        "Runs, the newest first",
        {name: heading for name, heading in RUNS.items() if name in frame.columns},
    )
    st.caption("Seen = new + repeated + changed + quarantined.")


def _rejects(scope: Scope) -> None:
    st.subheader("Rejected rows")
    if scope.lacks("quarantine_reasons", purpose="The reasons of rejected rows"):
        return
    frame = scope.ask(sources.rejects(scope.is_simulated))
    if frame.is_empty():
        st.caption("None.")
    else:
        tables.show(
            frame,
            "Rejected rows by source and reason",
            {
                "source": "Source",
                "reason": "Reason",
                "field": "Field",
                "n_rows": "Rows",
                "first_line": "First line",
            },
        )
