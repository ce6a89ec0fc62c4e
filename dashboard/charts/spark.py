"""The small line in a finding's card."""

from __future__ import annotations

import polars as pl

from dashboard.charts.figure import Figure, add_line, blank


def sparkline(
    frame: pl.DataFrame, value: str, low: str, high: str, colour: str, *, from_zero: bool
) -> Figure:
    """A line with its band and no axis; the last month is marked.

    Args:
        frame: Column `month_on`, the value and its bounds; gaps are null.
        value: Column of the line.
        low: Column of the lower bound.
        high: Column of the upper bound.
        colour: `#rrggbb`.
        from_zero: Whether the hidden axis starts at zero.
    """
    figure = blank()
    add_line(
        figure,
        frame,
        value,
        low,
        high,
        name=value,
        colour=colour,
        hover="%{x|%b %Y}: %{y:.3g}<extra></extra>",
    )
    last = frame.filter(pl.col(value).is_not_null()).tail(1)
    figure["data"].append(
        {
            "type": "scatter",
            "x": last["month_on"].to_list(),
            "y": last[value].to_list(),
            "mode": "markers",
            "marker": {"size": 8, "color": colour},
            "hoverinfo": "skip",
        }
    )
    figure["layout"] |= {
        "xaxis": {"visible": False, "fixedrange": True},
        "yaxis": {
            "visible": False,
            "fixedrange": True,
            "rangemode": "tozero" if from_zero else "normal",
        },
        "height": 84,
        "margin": {"l": 6, "r": 6, "t": 6, "b": 6},
        "showlegend": False,
        "dragmode": False,
    }
    return figure
