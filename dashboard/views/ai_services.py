"""AI services: which AI work is growing?"""

from __future__ import annotations

import html
import re

import polars as pl
import streamlit as st

from dashboard import findings, labels, tables, text
from dashboard.charts import shares as share_charts
from dashboard.controls import choose
from dashboard.present import Chart, answer, show_chart, small
from dashboard.queries import MINIMUM, ai
from dashboard.scope import Scope
from dashboard.views import scores


def show(scope: Scope) -> None:
    """Draw the view."""
    st.title("AI services")
    if scope.lacks("monthly_ai_share", purpose="The share of AI work"):
        return
    side = choose("Side", labels.SIDES, "side", in_view=True)
    known = findings.market_sources(scope, side)
    silent = scope.ask(ai.silent_sources(scope.is_simulated, side))["title"].to_list()
    if silent:
        small(f"Left out, because they give no text that could be classified: {'; '.join(silent)}.")
    if not known:
        st.info(
            f"No source with a full frame and texts has {MINIMUM} dated {labels.SIDE_NOUNS[side]} in any "
            "month. Listings found by a search say nothing about a share of the market.",
            icon=":material/info:",
        )
        _examples(scope, side)
        return
    source, occupation = _choose(scope, side, known)
    frame = scope.ask(ai.ai_growth(source.source, side, occupation))
    growing = findings.growth(frame)
    total = findings.share_chart(scope, source, side, occupation, "any", "ai_share")
    answer(
        " ".join(part for part in [total.sentence, _growth_sentence(growing)] if part)
        or "No month has enough listings for a share.",
        caveat=f"As the classifier reads the listings. {findings.correction(total)}",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(scope, total)
        _verdicts(growing)
    with right:
        show_chart(scope, _growth_chart(scope, source, side, occupation, frame, growing))
    show_chart(scope, _panels(scope, source, side, occupation))
    _first_seen(scope, side)
    _examples(scope, side)
    _words(scope, side, source)
    _scores(scope)


def _choose(scope: Scope, side: str, known: list[findings.MarketSource]) -> tuple[findings.MarketSource, str]:
    by_name = {item.source: item for item in known}
    left, right = st.columns(2)
    with left:
        name = choose("Source", {key: item.label for key, item in by_name.items()}, "source")
    found = scope.ask(ai.occupations_in("monthly_ai_share", name, side))["occupation"].to_list()
    with right:
        present = ["all", *(key for key in labels.OCCUPATIONS if key in found)]
        occupation = choose("Occupation", {key: labels.name_of(key) for key in present}, "occupation")
    return by_name[name], occupation


def _growth_sentence(growing: list[findings.Growth]) -> str:
    groups = findings.ranked([item for item in growing if item.verdict == "grew"])
    if all(item.verdict == "too short" for item in growing):
        return "The source covers one period only, so it cannot tell what grew."
    if not groups:
        return "No single kind of AI work grew beyond the width of its interval."
    first = groups[0][0]
    early, late = first.early or {}, first.late or {}
    most = "most" if len(groups[0]) == 1 else "(with others that cannot be told apart)"
    return (
        f"{labels.AI_CATEGORIES[first.category]} grew {most}: from {text.percent(early['share'])} "
        f"({labels.period(early['first_on'], early['last_on'])}) to {text.percent(late['share'])} "
        f"({labels.period(late['first_on'], late['last_on'])})."
    )


def _growth_chart(
    scope: Scope,
    source: findings.MarketSource,
    side: str,
    occupation: str,
    frame: pl.DataFrame,
    growing: list[findings.Growth],
) -> Chart:
    order = {item.category: at for at, item in enumerate(growing)}
    drawn = (
        frame.filter(pl.col("category").is_in(list(order)))
        .with_columns(pl.col("category").replace_strict(order, default=99).alias("_at"))
        .sort("_at", "era")
        .drop("_at")
    )
    spans = frame.group_by("era").agg(pl.col("first_on").min(), pl.col("last_on").max()).sort("era")
    span = {1: "month", 12: "12 months"}[ai.GROWTH_MONTHS[side]]
    period = " against ".join(labels.period(row["first_on"], row["last_on"]) for row in spans.to_dicts())
    caption = scope.caption(
        "Which AI work grew?" if spans.height > 1 else "Which AI work is common?",
        measure=f"Share of {labels.SIDE_NOUNS[side]}"
        + (f"; hollow: first {span}, full: last {span}" if spans.height > 1 else ""),
        unit="percent with 95% Wilson interval",
        period=period or "no period",
        source=f"{source.title} (frame: {labels.FRAMES['full']})",
        n=int(frame.filter(pl.col("category") == "any")["n"].sum()),
        note=findings.CLASSIFIER_CAVEAT.capitalize(),
    )
    return Chart(
        "ai_growth",
        share_charts.change_by_category(drawn, caption),
        caption,
        drawn,
        ai.ai_growth(source.source, side, occupation),
        _growth_sentence(growing),
    )


def _verdicts(growing: list[findings.Growth]) -> None:
    groups = findings.ranked([item for item in growing if item.verdict == "grew"])
    if groups:
        names = [", ".join(labels.AI_CATEGORIES[item.category] for item in group) for group in groups]
        st.markdown(f"**Grew, largest first:** {'; then '.join(names)}.")
        if any(len(group) > 1 for group in groups):
            st.caption(
                "Between two semicolons the order means nothing: the intervals of the changes overlap."
            )
    for verdict, heading in (
        ("no clear change", "No clear change (intervals overlap, not ranked)"),
        ("fell", "Fell"),
        ("too short", "One period only"),
    ):
        names = [labels.AI_CATEGORIES[item.category] for item in growing if item.verdict == verdict]
        if names:
            st.markdown(f"**{heading}:** {', '.join(names)}.")


def _panels(scope: Scope, source: findings.MarketSource, side: str, occupation: str) -> Chart:
    question = ai.ai_shares(source.source, side, occupation)
    frame = scope.ask(question)
    drawn = frame.filter(pl.col("n") >= MINIMUM)
    months = drawn.unique("month_on")
    caption = scope.caption(
        "Kinds of AI work, month by month",
        measure=f"Share of {labels.SIDE_NOUNS[side]}, each panel with its own scale",
        unit="percent of listings a month with 95% Wilson interval",
        period=labels.period_of(drawn),
        source=f"{source.title} (frame: {labels.FRAMES['full']})",
        n=int(months["n"].sum()),
        note=findings.CLASSIFIER_CAVEAT.capitalize(),
        n_of=labels.N_OF[side],
    )
    return Chart("ai_categories", share_charts.shares_in_panels(frame, caption), caption, drawn, question)


def _first_seen(scope: Scope, side: str) -> None:
    st.subheader("First seen")
    frame = scope.ask(ai.first_seen(scope.is_simulated, side))
    if frame.is_empty():
        st.caption("No dated listing has an AI category yet.")
        return
    tables.show(
        frame.with_columns(pl.col("category").replace(labels.AI_CATEGORIES)),
        "First dated listing of each kind of AI work",
        {
            "category": "Kind of AI work",
            "first_on": "First listing",
            "source": "Source",
            "n": "Listings so far",
        },
    )
    st.caption("First in the sources held here, not first in the world; all frames, so no share follows.")


def _spelled(phrase: str) -> str:
    """Pattern of a phrase as texts write it, since the classifier reads "A.I.-powered" as "ai powered"."""
    return r"[\W_]{1,3}".join(
        r"(?:a\.i\.?|ai)" if word == "ai" else re.escape(word) for word in phrase.split()
    )


def marked(body: str, evidence: str | None) -> str:
    """Escaped HTML of a scraped text with the matched words marked."""
    words = sorted({word.strip() for word in (evidence or "").split(";") if word.strip()}, key=len)
    if not words:
        return html.escape(body)
    either = "|".join(_spelled(word) for word in reversed(words))
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    parts, at = [], 0
    for hit in pattern.finditer(body):
        parts += [html.escape(body[at : hit.start()]), f"<mark>{html.escape(hit.group())}</mark>"]
        at = hit.end()
    return "".join(parts) + html.escape(body[at:])


def _examples(scope: Scope, side: str) -> None:
    st.subheader("Examples")
    category = choose("Kind of AI work", labels.AI_CATEGORIES, "category")
    st.caption(f"{labels.AI_CATEGORIES[category]}: {labels.AI_MEANINGS[category]}.")
    if scope.lacks("listing_ai_categories", "evidence", purpose="The words that decided"):
        return
    rows = scope.ask(ai.examples(scope.is_simulated, side, category)).to_dicts()
    if not rows:
        st.caption("No listing of this kind whose text may be shown.")
    for row in rows:
        month = labels.month(row["month_on"]) if row["month_on"] else "no date"
        st.html(
            f'<p style="margin:0"><strong>{marked(row["title"], row["evidence"])}</strong><br>'
            f"{marked(row['description'] or '', row['evidence'])}</p>"
            f'<p style="margin:.2rem 0 .6rem;opacity:.75;font-size:.85rem">{html.escape(row["source"])}, '
            f"{month}. Decided by: {html.escape(row['evidence'] or 'not recorded')}</p>"
        )


def _words(scope: Scope, side: str, source: findings.MarketSource) -> None:
    for mart, column, heading in (
        ("ai_tools", "tool", "AI tools named"),
        ("human_skills", "skill", "Human skills asked for"),
    ):
        st.subheader(heading)
        if scope.lacks(mart, column, "k", "n", "first_seen_on", purpose=heading):
            continue
        frame = scope.ask(ai.words(mart, column, source.source, side))
        if frame.is_empty():
            st.caption(f"None of them in the last months, or fewer than {MINIMUM} {labels.SIDE_NOUNS[side]}.")
            continue
        tables.show(
            frame.with_columns(pl.col(column).str.replace_all("_", " ")),
            heading,
            {
                column: column.capitalize(),
                "share": "Share",
                "share_low": "Low",
                "share_high": "High",
                "k": "Listings",
                "n": "Of",
                "first_seen_on": "First named",
            },
        )
        months = "12 months" if side == "request" else "month"
        small(
            f"Share of {labels.SIDE_NOUNS[side]} on {source.title} that name it, in the last {months}, with "
            "95% Wilson interval."
        )


def _scores(scope: Scope) -> None:
    with st.expander("How good is the classifier?"):
        scores.show(scope)
