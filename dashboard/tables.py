"""Tables as readers see them: plain headings, dates as dates, shares as percent, nothing for nothing."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

ROWS_WITHOUT_SCROLLING = 15


def show(frame: pl.DataFrame, alt: str, headings: dict[str, str] | None = None, **config: Any) -> None:
    """Draw a table. Text cells are drawn as they are, never as Markdown.

    Args:
        frame: The rows.
        alt: The table in words.
        headings: Columns to show and their headings; null shows all under their own names.
        config: Streamlit column configurations by heading, where the type alone does not tell.
    """
    chosen = headings or {name: name for name in frame.columns}
    shown = frame.select(pl.col(name).alias(heading) for name, heading in chosen.items())
    columns = {heading: _column(name, frame.schema[name]) for name, heading in chosen.items()} | config
    st.dataframe(
        shown,
        hide_index=True,
        height="content" if frame.height <= ROWS_WITHOUT_SCROLLING else "auto",
        column_config={heading: made for heading, made in columns.items() if made is not None},
        placeholder="",
        alt=alt,
    )


def _column(name: str, kind: pl.DataType) -> Any:
    if kind == pl.Date:
        return st.column_config.DateColumn(format="MMM YYYY" if name == "month_on" else "YYYY-MM-DD")
    if kind == pl.Datetime:
        return st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")
    if kind.is_float() and name in _SCORES:
        return st.column_config.NumberColumn(format="%.2f")
    if kind.is_float() and name.endswith(("share", "share_low", "share_high")):
        return st.column_config.NumberColumn(format="percent")
    if kind.is_float() and name.endswith("_usd"):
        return st.column_config.NumberColumn(format="dollar")
    if kind.is_numeric():
        return st.column_config.NumberColumn(format="localized")
    return None


_SCORES = {f"{score}{bound}" for score in ("precision", "recall", "f1") for bound in ("", "_low", "_high")}
