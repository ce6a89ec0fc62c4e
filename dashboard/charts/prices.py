"""Charts of prices: medians by occupation, index lines, the AI premium."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from dashboard import labels, theme
from dashboard.charts.figure import Caption, add_line, dress, empty, mark_events, with_gaps
from dashboard.queries import MINIMUM

TOO_FEW = f"Too few priced listings: no month has {MINIMUM} or more."


def median_over_time(frame: pl.DataFrame, caption: Caption, colour: str) -> go.Figure:
    """Monthly median in US dollars with its bootstrap band.

    Args:
        frame: Columns `month_on`, `n_listings`, `median_usd`, `median_low_usd`, `median_high_usd`.
        caption: What to write.
        colour: Colour of the price kind.
    """
    series = with_gaps(frame, (pl.col("n_listings") >= MINIMUM) & pl.col("median_usd").is_not_null())
    if series.is_empty():
        return empty(caption, TOO_FEW)
    figure = go.Figure()
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
    figure.update_yaxes(tickprefix="$", rangemode="tozero")
    figure.update_xaxes(nticks=6)
    mark_events(figure, series["month_on"].to_list())
    return dress(figure, caption, 210)


def medians_by_occupation(frame: pl.DataFrame, caption: Caption) -> go.Figure:
    """Median of each occupation with its interval, one row each, in the order of the frame.

    Args:
        frame: Columns `occupation`, `month_on`, `n_listings`, `median_usd`, `median_low_usd`,
            `median_high_usd`; the month that is shown, one row an occupation.
        caption: What to write.
    """
    if frame.is_empty():
        return empty(caption, TOO_FEW)
    figure = go.Figure()
    heights = list(range(frame.height - 1, -1, -1))
    for row, height in zip(frame.to_dicts(), heights, strict=True):
        colour = theme.OCCUPATION_COLOURS.get(row["occupation"], theme.GREY)
        figure.add_trace(
            go.Scatter(
                x=[row["median_usd"]],
                y=[height],
                mode="markers",
                marker={"size": 10, "color": colour},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [_minus(row["median_high_usd"], row["median_usd"])],
                    "arrayminus": [_minus(row["median_usd"], row["median_low_usd"])],
                    "color": theme.translucent(colour, 0.55),
                    "thickness": 4,
                    "width": 0,
                },
                text=[_median_words(row)],
                hovertemplate=f"<b>{labels.name_of(row['occupation'])}</b><br>%{{text}}<extra></extra>",
            )
        )
        figure.add_annotation(
            text=labels.name_of(row["occupation"]),
            xref="paper",
            x=0,
            xshift=8 - 52,
            y=height + 0.38,
            xanchor="left",
            showarrow=False,
            font={"size": 11},
        )
    figure.update_yaxes(visible=False, range=[-0.5, frame.height - 0.2])
    figure.update_xaxes(tickprefix="$", rangemode="tozero", nticks=6)
    return dress(figure, caption, 42 * frame.height + 12)


def _minus(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else upper - lower


def _median_words(row: dict[str, float | None]) -> str:
    if row["median_usd"] is None:
        return ""
    band = (
        f" (95% interval ${row['median_low_usd']:,.2f} to ${row['median_high_usd']:,.2f})"
        if row["median_low_usd"] is not None and row["median_high_usd"] is not None
        else ""
    )
    return f"median ${row['median_usd']:,.2f}{band}<br>{row['n_listings']:,} listings"
