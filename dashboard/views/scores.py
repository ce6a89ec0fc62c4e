"""The classifier's scores: part of two views, and no view of its own."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import labels, tables
from dashboard.queries import ai
from dashboard.scope import Scope

SPLITS = {
    "held_out": "Held out",
    "out_of_fold": "Out of fold",
    "all": "All labels",
}

CLASSES = {
    **labels.AI_CATEGORIES,
    **labels.STANCES,
    "any_ai": "Any AI service",
    "macro": "Mean over categories",
}

HEADINGS = {
    "class": "Class",
    "n_examples": "Examples",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "f1_low": "F1 low",
    "f1_high": "F1 high",
}


def show(scope: Scope) -> None:
    """Precision, recall and F1 a class, for the split that says most; the rest one click away."""
    if scope.lacks("classifier_scores", "stratum", "side", "f1_low", purpose="The classifier's score"):
        return
    frame = scope.ask(ai.scores())
    present = [split for split in SPLITS if split in frame["split"].to_list()]
    if not present:
        st.caption("No labelled listings have been scored for this release.")
        return
    split = st.segmented_control(
        "Scored on",
        present,
        default=present[0],
        required=True,
        format_func=lambda key: SPLITS[key],
        key="split",
    )
    part = frame.filter(pl.col("split") == split)
    tables.show(
        part.with_columns(pl.col("class").replace(CLASSES)), "Scores of the classifier by class", HEADINGS
    )
    st.caption(
        "Precision: of the listings decided so, the share labelled so. Recall: of those labelled so, the "
        "share found. F1: their harmonic mean, with a 95% bootstrap interval. Held out: labels that no "
        f"weight has seen. {max(part['n_listings'].to_list()):,} labelled listings. {part['note'][0] or ''}"
    )
    st.markdown("**Any AI service, by the way the listings were drawn**")
    tables.show(
        scope.ask(ai.scores_by_stratum()).filter(pl.col("split") == split),
        "Scores for any AI service by stratum and side",
        {
            "stratum": "Drawn",
            "side": "Side",
            "n_listings": "Listings",
            **{k: v for k, v in HEADINGS.items() if k != "class"},
        },
    )
