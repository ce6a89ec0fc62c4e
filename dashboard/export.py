"""Downloads: CSV that spreadsheets cannot be tricked by, and the metadata that must travel with it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from dashboard.charts.figure import Caption

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text cell that begins so may run as a formula in a spreadsheet."""


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists joined to text and dangerous text cells led by an apostrophe.

    Only text is touched: a negative number is a number and stays one.
    """
    flat = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("; ")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    return flat.with_columns(
        pl.when(pl.col(name).str.slice(0, 1).is_in(FORMULA_STARTS))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in flat.schema.items()
        if kind == pl.String
    )


def csv(frame: pl.DataFrame, *, is_simulated: bool) -> bytes:
    """UTF-8 CSV, dates as ISO 8601; each row says whether it is simulated."""
    marked = frame.with_columns(pl.lit(is_simulated).alias("is_simulated"))
    return neutralised(marked).write_csv().encode("utf-8")


def metadata(caption: Caption, mart: str, sql: str, columns: dict[str, str], link: str) -> bytes:
    """What the figures are, as JSON: title, measure, unit, period, source, n, release, licence, query."""
    facts: dict[str, Any] = {
        "title": caption.title,
        "measure": caption.measure,
        "unit": caption.unit,
        "period": caption.period,
        "source": caption.source,
        "n": caption.n,
        "collected_to": caption.collected_to,
        "release": caption.release,
        "licence": caption.licence,
        "is_simulated": caption.is_simulated,
        "note": caption.note or None,
        "citation": citation(caption),
        "link": link,
        "mart": mart,
        "columns": columns,
        "sql": sql,
    }
    return json.dumps(facts, indent=2, ensure_ascii=False, default=str).encode("utf-8")


def citation(caption: Caption) -> str:
    """How to cite the figure."""
    return (
        f'Gig Observatory, "{caption.title}", release {caption.release}, '
        f"data collected to {caption.collected_to}. {caption.licence}."
        + (" SIMULATED DATA, not a finding about any market." if caption.is_simulated else "")
    )


def file_stem(key: str, release: str, *, is_simulated: bool) -> str:
    """File name without its ending: what it is, of which release, simulated or not."""
    return f"gig-observatory_{key}_{release}" + ("_SIMULATED" if is_simulated else "")
