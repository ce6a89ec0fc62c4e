"""Charts of price indices: one line with its band, methods beside each other, members, the AI premium."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard import labels, theme
from dashboard.charts.figure import (
    NARROW,
    Caption,
    Figure,
    add_line,
    bars,
    blank,
    dress,
    empty,
    mark_events,
    note,
    time_axis,
    with_gaps,
)

DRAWN = pl.col("value").is_not_null() & ~pl.col("verdict").is_in(["too few", "gap"])
"""Points that may be drawn: not a gap, and not made of fewer than thirty prices."""

TOO_FEW = "Too few prices: no period of this line has 30 or more."

HOVER = "<b>%{x|%b %Y}</b><br>%{text}<extra></extra>"

DASHES = {"headline": "solid", "beside": "dot", "warning": "dash"}

MARKS = {"solid": "——", "dot": "·····", "dash": "– –"}
"""The dashes as characters, for the key: Plotly's own legend does not fit a phone."""

FURTHEST = 2.5
"""Intervals are drawn up to this multiple of the largest value; longer ones run off the edge."""

KEY_HEIGHT = 17
"""Pixels a row of the key."""


def index_over_time(frame: pl.DataFrame, caption: Caption, colour: str, prefix: str, step: int) -> Figure:
    """One index, or price line, with its interval.

    Args:
        frame: Columns `month_on`, `value`, `low`, `high`, `n_items`, `verdict`.
        caption: What to write.
        colour: Colour of the price kind.
        prefix: Before the numbers: a currency, or empty for an index.
        step: Months from one period to the next.
    """
    series = with_gaps(frame, DRAWN, step)
    if series.is_empty():
        return empty(caption, TOO_FEW)
    figure = blank()
    add_line(
        figure,
        series,
        "value",
        "low",
        "high",
        name=caption.measure,
        colour=colour,
        hover=HOVER,
        text=[_words(row, prefix) for row in series.to_dicts()],
    )
    _money_axis(figure, prefix, series, step)
    mark_events(figure, series["month_on"].to_list())
    return dress(figure, caption, 230)


def methods_beside(frame: pl.DataFrame, caption: Caption, prefix: str, step: int) -> Figure:
    """The lines of several methods on one axis: the headline with its band, the others without.

    Args:
        frame: Columns `method`, `role`, `month_on`, `value`, `low`, `high`, `n_items`, `verdict`.
        caption: What to write.
        prefix: Before the numbers: a currency, or empty for an index.
        step: Months from one period to the next.
    """
    figure = blank()
    known = list(labels.METHODS)
    for method in sorted(
        frame["method"].unique(), key=lambda key: (known.index(key) if key in known else len(known), key)
    ):
        part = frame.filter(pl.col("method") == method)
        series = with_gaps(part, DRAWN, step)
        if series.is_empty():
            continue
        role = part["role"][0]
        if role != "headline":
            series = series.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("low", "high"))
        add_line(
            figure,
            series,
            "value",
            "low",
            "high",
            name=labels.method(method),
            colour=theme.METHOD_COLOURS.get(method, theme.GREY),
            hover=f"<b>{labels.method(method)}</b><br>{HOVER}",
            text=[_words(row, prefix) for row in series.to_dicts()],
            dash=DASHES.get(role, "dot"),
        )
    if not figure["data"]:
        return empty(caption, TOO_FEW)
    _money_axis(figure, prefix, frame.filter(DRAWN).sort("month_on"), step)
    lines = [trace for trace in figure["data"] if trace["mode"] != "none"]
    for at, trace in enumerate(lines):
        key = note(
            f"<b>{MARKS[trace['line']['dash']]}</b> {trace['name']}",
            x=(at % 2) * 0.52,
            y=1,
            xref="paper",
            yref="paper",
            yanchor="bottom",
            yshift=10 + KEY_HEIGHT * ((len(lines) - 1) // 2 - at // 2),
        )
        key["font"]["color"] = trace["line"]["color"]
        figure["layout"]["annotations"].append(key)
    return dress(figure, caption, 250, gap=18 + KEY_HEIGHT * -(-len(lines) // 2))


def members_beside(frame: pl.DataFrame, caption: Caption) -> Figure:
    """The latest index of each member with its interval, one row each, in the order of the frame.

    Args:
        frame: Columns `name`, `colour`, `value`, `low`, `high`, `n_items`, `verdict`.
        caption: What to write.
    """
    if frame.is_empty():
        return empty(caption, TOO_FEW)
    figure = blank()
    for at, row in enumerate(frame.to_dicts()):
        _dot(figure, row, frame.height - 1 - at, _words(row, ""), filled=True)
    _row_labels(figure, frame["name"].to_list())
    axis: dict[str, Any] = {"nticks": 6}
    highs = [high for high in frame["high"].to_list() if high is not None]
    furthest = FURTHEST * max(100, *frame["value"].to_list())
    if max(highs, default=0) > furthest:
        axis["range"] = [0, furthest]
    figure["layout"]["xaxis"] = axis
    _upright(figure, 100)
    return dress(figure, caption, 42 * frame.height + 12, left=NARROW)


def premium_by_occupation(frame: pl.DataFrame, caption: Caption) -> Figure:
    """Price difference of flagged listings by occupation: full as found, hollow corrected for errors.

    Args:
        frame: Columns `name`, `colour`, `premium`, `premium_low`, `premium_high`, `corrected_premium`,
            `corrected_low`, `corrected_high`, `n_listings`, `n_flagged`, `verdict`.
        caption: What to write.
    """
    if frame.is_empty():
        return empty(caption, "Too few: no occupation has 30 listings on each side of the comparison.")
    figure = blank()
    for at, row in enumerate(frame.to_dicts()):
        height = frame.height - 1 - at
        for kind, offset in (("premium", 0.0), ("corrected", -0.26)):
            value = row["premium"] if kind == "premium" else row["corrected_premium"]
            if value is None:
                continue
            point = row | {"value": value, "low": row[f"{kind}_low"], "high": row[f"{kind}_high"]}
            words = f"{value:+.1%}{_interval(point, '+.1%')}<br>{row['n_flagged']:,} of {row['n_listings']:,}"
            words += ", corrected for the classifier's errors" if kind == "corrected" else ""
            _dot(figure, point, height + offset, words, filled=kind == "premium")
    _row_labels(figure, frame["name"].to_list())
    figure["layout"]["xaxis"] = {"tickformat": "+.0%", "nticks": 6}
    _upright(figure, 0)
    return dress(figure, caption, 48 * frame.height + 12, left=NARROW)


def _dot(figure: Figure, row: dict[str, Any], height: float, words: str, *, filled: bool) -> None:
    figure["data"].append(
        {
            "type": "scatter",
            "x": [row["value"]],
            "y": [height],
            "mode": "markers",
            "marker": {
                "size": 10,
                "color": row["colour"],
                "symbol": "circle" if filled else "circle-open",
                "line": {"width": 2, "color": row["colour"]},
            },
            "error_x": bars(
                [(row["value"], row["low"], row["high"])],
                theme.translucent(row["colour"], 0.55),
                thickness=4 if filled else 2,
            ),
            "name": row["name"],
            "text": [words],
            "hovertemplate": f"<b>{row['name']}</b><br>%{{text}}<extra></extra>",
        }
    )


def _row_labels(figure: Figure, names: list[str]) -> None:
    for at, name in enumerate(names):
        figure["layout"]["annotations"].append(
            note(name, xref="paper", x=0, xshift=2 - NARROW, y=len(names) - 1 - at + 0.4, yanchor="middle")
        )
    figure["layout"]["yaxis"] = {"visible": False, "range": [-0.5, len(names) - 0.2]}


def _upright(figure: Figure, at: float) -> None:
    line = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    figure["layout"]["shapes"].append(line | {"line": {"color": theme.GREY, "width": 1}})


def _money_axis(figure: Figure, prefix: str, series: pl.DataFrame, step: int) -> None:
    figure["layout"]["xaxis"] = time_axis(series["month_on"].to_list(), step)
    axis: dict[str, Any] = {"nticks": 7}
    if prefix:
        axis |= {"tickprefix": prefix, "rangemode": "tozero"}
    values = series["value"].drop_nulls().to_list()
    highs = [high for high in series["high"].to_list() if high is not None]
    if max(highs, default=0) > FURTHEST * max(values):
        axis["range"] = [0, FURTHEST * max(values)]
    figure["layout"]["yaxis"] = axis
    if prefix:
        return
    line = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 100, "y1": 100}
    figure["layout"]["shapes"].append(line | {"line": {"color": theme.GREY, "width": 1}})


def _words(row: dict[str, Any], prefix: str) -> str:
    if row["value"] is None:
        return ""
    return (
        f"{prefix}{row['value']:,.1f}{_interval(row, ',.1f')}<br>{row['n_items']:,} prices, {row['verdict']}"
    )


def _interval(row: dict[str, Any], form: str) -> str:
    if row["low"] is None or row["high"] is None:
        return ", no interval"
    return f" (95% interval {row['low']:{form}} to {row['high']:{form}})"
