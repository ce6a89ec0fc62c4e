"""Listings: show me real ones."""

from __future__ import annotations

import html

import polars as pl
import streamlit as st

from dashboard import export, labels, tables
from dashboard.controls import ALL, choose
from dashboard.present import answer, link
from dashboard.queries import listings, sources
from dashboard.queries.listings import COUNT_LIMIT, PAGE, Filters
from dashboard.scope import Scope
from dashboard.views.ai_services import marked

HEADINGS = {
    "month_on": "Month",
    "title": "Title",
    "side": "Side",
    "source": "Source",
    "occupation": "Occupation",
    "ai_category": "AI work",
    "price_kind": "Price kind",
    "price": "Price",
    "currency": "Currency",
    "pay_unit": "Per",
    "price_usd": "US dollars",
    "country": "Country",
    "language": "Language",
    "url": "Address",
}


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("Listings")
    known = scope.ask(sources.sources(scope.is_simulated)).filter(pl.col("n_listings") > 0)
    titles = dict(zip(known["source"], known["title"], strict=True))
    filters = _filters(scope, titles)
    with st.spinner("Searching ...", show_time=True):
        n = int(scope.ask(listings.count(filters))["n"][0])
    shown = f"More than {COUNT_LIMIT:,}" if n > COUNT_LIMIT else f"{n:,}"
    answer(
        f"{shown} listings fit.",
        caveat="The newest month first. Texts stay out where a source's terms say so.",
    )
    if not n:
        return
    pages = max(1, -(-min(n, COUNT_LIMIT) // PAGE))
    number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    frame = scope.ask(listings.page(filters, number))
    chosen = st.dataframe(
        _readable(frame, titles),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="listing_rows",
        column_config={
            "Month": st.column_config.DateColumn(format="MMM YYYY"),
            "US dollars": st.column_config.NumberColumn(format="dollar"),
            "Address": st.column_config.LinkColumn(display_text="open"),
            "Title": st.column_config.TextColumn(width="large"),
            "AI work": st.column_config.TextColumn(width="medium"),
            "Price": st.column_config.NumberColumn(format="localized"),
        },
        placeholder="",
        alt="Listings that fit the filters",
    )
    st.download_button(
        "CSV of this page",
        lambda: export.csv(frame, is_simulated=scope.is_simulated),
        export.file_stem("listings", scope.release.release_id, is_simulated=scope.is_simulated) + ".csv",
        "text/csv",
        on_click="ignore",
    )
    rows = chosen["selection"]["rows"]
    if rows:
        _detail(scope, str(frame["listing_id"][rows[0]]))
    else:
        st.caption("Choose a row to see the listing, the words that decided, and where it comes from.")
    with st.expander("Query and link"):
        st.code(listings.page(filters, number).as_text(), language="sql", wrap_lines=True)
        st.code(link(), language=None, wrap_lines=True)


def _filters(scope: Scope, titles: dict[str, str]) -> Filters:
    words = st.text_input(
        "Search in titles and skills",
        key="q",
        bind="query-params",
        placeholder="chatbot",
        max_chars=100,
        on_change=_first_page,
    )
    one, two, three, four, five = st.columns(5)
    with one:
        side = _one_of("Side", labels.SIDES, "side")
    with two:
        source = _one_of("Source", titles, "source")
    with three:
        occupation = _one_of("Occupation", labels.OCCUPATIONS, "occupation")
    with four:
        category = _one_of(
            "AI work", {"any": "Any AI service", "none": "No AI service", **labels.AI_CATEGORIES}, "category"
        )
    with five:
        kind = _one_of("Price kind", labels.PRICE_KINDS, "kind")
    deep = st.checkbox(
        "Search descriptions too (slower)", key="deep", bind="query-params", on_change=_first_page
    )
    return Filters(scope.is_simulated, side, source, occupation, category, kind, words or "", deep)


def _one_of(label: str, names: dict[str, str], key: str) -> str | None:
    return choose(label, {ALL: "All", **names}, key, on_change=_first_page) or None


def _first_page() -> None:
    st.session_state["page"] = 1


def _readable(frame: pl.DataFrame, titles: dict[str, str]) -> pl.DataFrame:
    named = frame.with_columns(
        pl.col("title").fill_null("(text not published)"),
        pl.col("source").replace(titles),
        pl.col("occupation").replace(labels.OCCUPATIONS),
        pl.col("ai_category").replace(labels.AI_CATEGORIES),
    )
    return named.select(pl.col(name).alias(heading) for name, heading in HEADINGS.items())


def _detail(scope: Scope, listing_id: str) -> None:
    row = scope.ask(listings.one(listing_id)).row(0, named=True)
    tags = (
        scope.ask(listings.tags(listing_id)).to_dicts()
        if scope.release.has("listing_ai_categories", "evidence")
        else []
    )
    evidence = "; ".join(tag["evidence"] for tag in tags if tag["evidence"])
    with st.container(border=True):
        st.html(
            f"<h3>{marked(row['title'] or '(title not published)', evidence)}</h3>"
            '<p style="white-space:pre-wrap">'
            f"{marked(row['description'] or '(text not published)', evidence)}</p>"
        )
        for tag in tags:
            st.html(
                f"<p><strong>{html.escape(labels.name_of(tag['category']))}</strong>: decided by "
                f"{html.escape(tag['evidence'] or 'words that were not recorded')}</p>"
            )
        hidden = {"title", "description", "author_key"}
        facts = [
            {"Field": name, "Value": _plain(value)}
            for name, value in row.items()
            if name not in hidden and value not in (None, [], "")
        ]
        tables.show(
            pl.DataFrame(facts),
            "All fields of the listing",
            Field=st.column_config.TextColumn(width="small"),
            Value=st.column_config.TextColumn(width="large"),
        )
        st.caption(f"Release {scope.release.release_id}.")


def _plain(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
