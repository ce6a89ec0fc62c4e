"""Charts of prices: medians by occupation, index lines, the AI premium."""

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

TOO_FEW = f"Too few priced listings: no month has {MINIMUM} or more."


def median_over_time(frame: pl.DataFrame, caption: Caption, colour: str) -> Figure:
    """Monthly median in US dollars with its bootstrap band.

    Args:
        frame: Columns `month_on`, `n_listings`, `median_usd`, `median_low_usd`, `median_high_usd`.
        caption: What to write.
        colour: Colour of the price kind.
    """
    series = with_gaps(frame, (pl.col("n_listings") >= MINIMUM) & pl.col("median_usd").is_not_null())
    if series.is_empty():
        return empty(caption, TOO_FEW)
    figure = blank()
    add_line(
        figure,
        series,
        "median_usd",
        "median_low_usd",
        "median_high_usd",
        name=caption.measure,
        colour=colour,
        hover="<b>%{x|%b %Y}</b><br>%{text}<extra></extra>",
        text=[_median_words(row) for row in series.to_dicts()],
    )
    figure["layout"]["yaxis"] = {"tickprefix": "$", "rangemode": "tozero"}
    figure["layout"]["xaxis"] = time_axis(series["month_on"].to_list())
    mark_events(figure, series["month_on"].to_list())
    return dress(figure, caption, 210)


def medians_by_occupation(frame: pl.DataFrame, caption: Caption) -> Figure:
    """Median of each occupation with its interval, one row each, in the order of the frame.

    Args:
        frame: Columns `occupation`, `month_on`, `n_listings`, `median_usd`, `median_low_usd`,
            `median_high_usd`; the month that is shown, one row an occupation.
        caption: What to write.
    """
    if frame.is_empty():
        return empty(caption, TOO_FEW)
    figure = blank()
    for at, row in enumerate(frame.to_dicts()):
        colour = theme.OCCUPATION_COLOURS.get(row["occupation"], theme.GREY)
        height = frame.height - 1 - at
        name = labels.name_of(row["occupation"])
        figure["data"].append(
            {
                "type": "scatter",
                "x": [row["median_usd"]],
                "y": [height],
                "mode": "markers",
                "cliponaxis": False,
                "marker": {"size": 10, "color": colour},
                "error_x": bars(
                    [(row["median_usd"], row["median_low_usd"], row["median_high_usd"])],
                    theme.translucent(colour, 0.55),
                    thickness=4,
                ),
                "name": name,
                "text": [_median_words(row)],
                "hovertemplate": f"<b>{name}</b><br>%{{text}}<extra></extra>",
            }
        )
        figure["layout"]["annotations"].append(
            note(name, xref="paper", x=0, xshift=2 - NARROW, y=height + 0.4, yanchor="middle")
        )
    figure["layout"]["yaxis"] = {"visible": False, "range": [-0.5, frame.height - 0.2]}
    figure["layout"]["xaxis"] = {"tickprefix": "$", "rangemode": "tozero", "nticks": 6}
    return dress(figure, caption, 42 * frame.height + 12, left=NARROW)


def _median_words(row: dict[str, Any]) -> str:
    if row["median_usd"] is None:
        return ""
    band = (
        f" (95% interval ${row['median_low_usd']:,.2f} to ${row['median_high_usd']:,.2f})"
        if row["median_low_usd"] is not None and row["median_high_usd"] is not None
        else ""
    )
    return f"median ${row['median_usd']:,.2f}{band}<br>{row['n_listings']:,} listings"
