"""Charts of AI work: its share over time, the categories beside each other, their growth."""

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
from dashboard.queries import MINIMUM

TOO_FEW = f"Too few listings: no month has {MINIMUM} or more."

HOVER = "<b>%{x|%b %Y}</b><br>%{text}<extra></extra>"


def share_over_time(frame: pl.DataFrame, caption: Caption, colour: str) -> Figure:
    """One monthly share with its Wilson band.

    Args:
        frame: Columns `month_on`, `k`, `n`, `share`, `share_low`, `share_high`; one row a month.
        caption: What to write.
        colour: Colour of the thing that is counted.
    """
    series = with_gaps(frame, pl.col("n") >= MINIMUM)
    if series.is_empty():
        return empty(caption, TOO_FEW)
    figure = blank()
    add_line(
        figure,
        series,
        "share",
        "share_low",
        "share_high",
        name=caption.measure,
        colour=colour,
        hover=HOVER,
        text=_words(series),
    )
    figure["layout"]["yaxis"] = _percent_axis(series["share_high"])
    figure["layout"]["xaxis"] = time_axis(series["month_on"].to_list())
    mark_events(figure, series["month_on"].to_list())
    return dress(figure, caption, 210)


def shares_in_panels(frame: pl.DataFrame, caption: Caption) -> Figure:
    """A small panel for each category, two a row, each with a scale of its own.

    Args:
        frame: Columns `category`, `month_on`, `k`, `n`, `share`, `share_low`, `share_high`.
        caption: What to write.
    """
    drawn = {
        category: series
        for category in labels.AI_CATEGORIES
        if not (
            series := with_gaps(frame.filter(pl.col("category") == category), pl.col("n") >= MINIMUM)
        ).is_empty()
    }
    if not drawn:
        return empty(caption, TOO_FEW)
    figure = blank()
    layout = figure["layout"]
    n_rows = -(-len(drawn) // 2)
    months = pl.concat([series["month_on"] for series in drawn.values()]).unique().sort().to_list()
    for at, (category, series) in enumerate(drawn.items()):
        row, column = divmod(at, 2)
        panel = str(at + 1) if at else ""
        left, right = ((0, 0.43), (0.57, 1))[column]
        top = 1 - row / n_rows
        add_line(
            figure,
            series,
            "share",
            "share_low",
            "share_high",
            name=labels.AI_CATEGORIES[category],
            colour=theme.CATEGORY_COLOURS[category],
            hover=HOVER,
            text=_words(series),
            panel=panel,
        )
        is_lowest = at + 2 >= len(drawn)
        layout[f"xaxis{panel}"] = {
            "domain": [left, right],
            "anchor": f"y{panel}",
            "showticklabels": is_lowest,
            **time_axis(months),
        }
        if len(months) > 36:
            layout[f"xaxis{panel}"]["dtick"] = "M24"
        if at:
            layout[f"xaxis{panel}"]["matches"] = "x"
        layout[f"yaxis{panel}"] = {
            **_percent_axis(series["share_high"]),
            "domain": [top - 0.7 / n_rows, top],
            "anchor": f"x{panel}",
            "nticks": 4,
        }
        layout["annotations"].append(
            note(labels.AI_CATEGORIES[category], x=left, y=top, xref="paper", yref="paper", yanchor="bottom")
        )
    return dress(figure, caption, n_rows * 118, gap=32, axis_room=0)


def change_by_category(frame: pl.DataFrame, caption: Caption) -> Figure:
    """Share of each category in two periods, with intervals: hollow is early, full is late.

    Args:
        frame: Columns `category`, `era` (`early`, `late`), `share`, `share_low`, `share_high`, `k`, `n`,
            `first_on`, `last_on`; categories stand in the order of drawing, from the top.
        caption: What to write.
    """
    order = frame["category"].unique(maintain_order=True).to_list()
    if not order:
        return empty(caption, TOO_FEW)
    figure = blank()
    for row in frame.to_dicts():
        is_late = row["era"] == "late"
        colour = theme.CATEGORY_COLOURS[row["category"]]
        interval = bars(
            [(row["share"], row["share_low"], row["share_high"])],
            theme.translucent(colour, 0.55),
            thickness=4 if is_late else 2,
        )
        figure["data"].append(
            {
                "type": "scatter",
                "x": [row["share"]],
                "y": [len(order) - 1 - order.index(row["category"]) + (-0.16 if is_late else 0.16)],
                "mode": "markers",
                "cliponaxis": False,
                "error_x": interval,
                "marker": {
                    "size": 9,
                    "color": colour,
                    "symbol": "circle" if is_late else "circle-open",
                    "line": {"width": 2, "color": colour},
                },
                "name": "last months" if is_late else "first months",
                "text": [
                    f"{labels.AI_CATEGORIES[row['category']]}, "
                    f"{labels.period(row['first_on'], row['last_on'])}<br>{_share_words(row)}"
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    for at, category in enumerate(order):
        figure["layout"]["annotations"].append(
            note(
                labels.AI_CATEGORIES[category],
                xref="paper",
                x=0,
                xshift=2 - NARROW,
                y=len(order) - 1 - at + 0.42,
                yanchor="middle",
            )
        )
    figure["layout"]["yaxis"] = {"visible": False, "range": [-0.6, len(order) - 0.2]}
    figure["layout"]["xaxis"] = {**_percent_axis(frame["share_high"]), "nticks": 6}
    return dress(figure, caption, 46 * len(order) + 10, left=NARROW)


def _percent_axis(highest: pl.Series) -> dict[str, Any]:
    top = highest.max()
    digits = 0 if not isinstance(top, float) or top >= 0.05 else 1 if top >= 0.01 else 2
    return {"tickformat": f".{digits}%", "rangemode": "tozero"}


def _share_words(row: dict[str, Any]) -> str:
    return (
        f"{row['share']:.2%} (95% interval {row['share_low']:.2%} to {row['share_high']:.2%})"
        f"<br>{row['k']:,} of {row['n']:,} listings"
    )


def _words(series: pl.DataFrame) -> list[str]:
    return ["" if row["share"] is None else _share_words(row) for row in series.to_dicts()]
