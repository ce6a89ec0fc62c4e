"""Charts of how many listings there are."""

from __future__ import annotations

import polars as pl

from dashboard.charts.figure import Caption, Figure, blank, dress, empty, time_axis


def listings_by_month(frame: pl.DataFrame, caption: Caption, colour: str) -> Figure:
    """Bars of listings a month; months without a listing stay empty.

    Args:
        frame: Columns `month_on`, `n_listings`.
        caption: What to write.
        colour: Colour of the side.
    """
    if frame.is_empty():
        return empty(caption, "No listing has a date.")
    figure = blank()
    figure["data"].append(
        {
            "type": "bar",
            "x": frame["month_on"].to_list(),
            "y": frame["n_listings"].to_list(),
            "marker": {"color": colour},
            "name": caption.measure,
            "hovertemplate": "<b>%{x|%b %Y}</b><br>%{y:,} listings<extra></extra>",
        }
    )
    figure["layout"]["yaxis"] = {"rangemode": "tozero", "tickformat": "~s"}
    figure["layout"]["xaxis"] = time_axis(frame["month_on"].sort().to_list())
    return dress(figure, caption, 150)
