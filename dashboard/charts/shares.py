"""Charts of AI work: its share over time, the categories beside each other, their growth."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboard import labels, theme
from dashboard.charts.figure import Caption, add_line, dress, empty, mark_events, with_gaps
from dashboard.queries import MINIMUM

TOO_FEW = f"Too few listings: no month has {MINIMUM} or more."

HOVER = "<b>%{x|%b %Y}</b><br>%{text}<extra></extra>"


def share_over_time(frame: pl.DataFrame, caption: Caption, colour: str) -> go.Figure:
    """One monthly share with its Wilson band.

    Args:
        frame: Columns `month_on`, `k`, `n`, `share`, `share_low`, `share_high`; one row a month.
        caption: What to write.
        colour: Colour of the thing that is counted.
    """
    series = with_gaps(frame, pl.col("n") >= MINIMUM)
    if series.is_empty():
        return empty(caption, TOO_FEW)
    figure = go.Figure()
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
    figure.update_yaxes(tickformat=_percent_format(series["share_high"]), rangemode="tozero")
    figure.update_xaxes(nticks=6)
    mark_events(figure, series["month_on"].to_list())
    return dress(figure, caption, 210)


def shares_in_panels(frame: pl.DataFrame, caption: Caption) -> go.Figure:
    """A small panel for each category, each with a scale of its own.

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
    rows = -(-len(drawn) // 2)
    figure = make_subplots(
        rows=rows,
        cols=2,
        shared_xaxes="all",
        horizontal_spacing=0.14,
        vertical_spacing=0.30 / rows,
        subplot_titles=[labels.AI_CATEGORIES[category] for category in drawn],
    )
    figure.update_annotations(font={"size": 11}, xanchor="center")
    for at, (category, series) in enumerate(drawn.items()):
        row, col = at // 2 + 1, at % 2 + 1
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
            row=row,
            col=col,
        )
        figure.update_yaxes(
            tickformat=_percent_format(series["share_high"]), rangemode="tozero", nticks=4, row=row, col=col
        )
    figure.update_xaxes(nticks=4, showticklabels=False)
    figure.update_xaxes(showticklabels=True, row=rows)
    if len(drawn) % 2:
        figure.update_xaxes(showticklabels=True, row=rows - 1, col=2)
    return dress(figure, caption, rows * 112)


def change_by_category(frame: pl.DataFrame, caption: Caption) -> go.Figure:
    """Share of each category in two periods, with intervals: hollow is early, full is late.

    Args:
        frame: Columns `category`, `era` (`early`, `late`), `share`, `share_low`, `share_high`, `k`, `n`;
            rows stand in the order of drawing, from the top.
        caption: What to write.
    """
    order = list(frame["category"].unique(maintain_order=True))
    if not order:
        return empty(caption, TOO_FEW)
    figure = go.Figure()
    for era, offset, filled in (("early", 0.16, False), ("late", -0.16, True)):
        part = frame.filter(pl.col("era") == era)
        if part.is_empty():
            continue
        colours = [theme.CATEGORY_COLOURS[category] for category in part["category"]]
        heights = [len(order) - 1 - order.index(category) + offset for category in part["category"]]
        for row, height, colour in zip(part.to_dicts(), heights, colours, strict=True):
            figure.add_shape(
                type="line",
                x0=row["share_low"],
                x1=row["share_high"],
                y0=height,
                y1=height,
                line={"color": theme.translucent(colour, 0.5), "width": 4 if filled else 2},
            )
        figure.add_trace(
            go.Scatter(
                x=part["share"].to_list(),
                y=heights,
                mode="markers",
                marker={
                    "size": 9,
                    "color": colours,
                    "symbol": "circle" if filled else "circle-open",
                    "line": {"width": 2, "color": colours},
                },
                text=[
                    f"{labels.AI_CATEGORIES[row['category']]}, "
                    f"{labels.period(row['first_on'], row['last_on'])}"
                    f"<br>{_share_words(row)}"
                    for row in part.to_dicts()
                ],
                hovertemplate="%{text}<extra></extra>",
                name="last months" if filled else "first months",
            )
        )
    for at, category in enumerate(order):
        figure.add_annotation(
            text=labels.AI_CATEGORIES[category],
            xref="paper",
            x=0,
            xshift=4 - 12,
            y=len(order) - 1 - at + 0.42,
            xanchor="left",
            yanchor="middle",
            showarrow=False,
            font={"size": 11},
        )
    figure.update_yaxes(visible=False, range=[-0.6, len(order) - 0.2])
    figure.update_xaxes(tickformat=_percent_format(frame["share_high"]), rangemode="tozero", nticks=6)
    dress(figure, caption, 46 * len(order) + 10)
    figure.update_layout(margin={"l": 12})
    figure.layout.annotations[-2 if caption.is_simulated else -1].xshift = 4 - 12
    return figure


def _percent_format(highest: pl.Series) -> str:
    top = highest.max()
    return ".1%" if isinstance(top, float) and top < 0.05 else ".0%"


def _share_words(row: dict[str, float]) -> str:
    return (
        f"{row['share']:.2%} (95% interval {row['share_low']:.2%} to {row['share_high']:.2%})"
        f"<br>{row['k']:,} of {row['n']:,} listings"
    )


def _words(series: pl.DataFrame) -> list[str]:
    return ["" if row["share"] is None else _share_words(row) for row in series.to_dicts()]
