"""What all charts share: caption, interval bands, gaps that stay gaps, event marks.

Title, subtitle and footer stand in the figure itself, so that a picture of it is still a whole chart. They
are wrapped for the narrowest screen, 360 pixels.
"""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass, replace
from datetime import date

import plotly.graph_objects as go
import polars as pl

from dashboard import labels, theme

TITLE_WIDTH, SUBTITLE_WIDTH, FOOTER_WIDTH = 40, 54, 60
"""Characters a line that fit into 328 pixels at the sizes below."""

TITLE_SIZE, SUBTITLE_SIZE, FOOTER_SIZE = 15, 12, 10

LEFT = 52
"""Left margin in pixels: room for the labels of the vertical axis."""


@dataclass(frozen=True)
class Caption:
    """What a reader must know beside the lines; it comes from the marts, not from the chart's code.

    Attributes:
        title: The finding or the question.
        measure: What is measured, in words.
        unit: Its unit.
        period: Span of the months drawn.
        source: Titles of the sources, with their frame.
        n: Listings behind the figure.
        collected_to: Day up to which listings were seen.
        release: Release id.
        licence: Licence of the figure.
        is_simulated: True where the listings are invented.
        note: A caveat that must travel with the picture.
    """

    title: str
    measure: str
    unit: str
    period: str
    source: str
    n: int
    collected_to: str
    release: str
    licence: str = "CC BY 4.0"
    is_simulated: bool = False
    note: str = ""

    def titled(self, title: str) -> Caption:
        """The same caption under another title."""
        return replace(self, title=title)

    @property
    def subtitle(self) -> str:
        """Measure, unit and period in one line."""
        return f"{self.measure}, {self.unit}, {self.period}"

    @property
    def footer(self) -> str:
        """Source, n, last day, release and licence."""
        parts = [
            f"{'SIMULATED DATA. ' if self.is_simulated else ''}Source: {self.source}",
            f"n = {self.n:,}",
            f"collected to {self.collected_to}",
            f"release {self.release}",
            self.licence,
        ]
        return ". ".join(part for part in [*parts, self.note] if part)

    def alt(self) -> str:
        """The chart in words, for readers who do not see it."""
        return f"{self.title}. Chart of {self.subtitle}. {self.footer}."


def lines_of(text: str, width: int) -> list[str]:
    """A text wrapped to lines of at most `width` characters, escaped for Plotly."""
    return [html.escape(line, quote=False) for line in textwrap.wrap(text, width)]


def dress(figure: go.Figure, caption: Caption, plot_height: int, *, axis_room: int = 34) -> go.Figure:
    """Add title, subtitle, footer and the simulated mark, and make room for them.

    Args:
        figure: The figure, traces drawn.
        caption: What to write.
        plot_height: Height of the plotting area in pixels.
        axis_room: Pixels between plotting area and footer, for the labels of the horizontal axis.
    """
    title = lines_of(caption.title, TITLE_WIDTH)
    subtitle = lines_of(caption.subtitle, SUBTITLE_WIDTH)
    footer = lines_of(caption.footer, FOOTER_WIDTH)
    top = 14 + len(title) * (TITLE_SIZE + 4) + len(subtitle) * (SUBTITLE_SIZE + 3) + 12
    bottom = axis_room + len(footer) * (FOOTER_SIZE + 3) + 8
    heading = "<br>".join(f"<b>{line}</b>" for line in title)
    small = "<br>".join(f'<span style="font-size:{SUBTITLE_SIZE}px">{line}</span>' for line in subtitle)
    figure.update_layout(
        title={
            "text": f"{heading}<br>{small}",
            "font": {"size": TITLE_SIZE, "weight": 400},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 8, "l": 4},
        },
        margin={"l": LEFT, "r": 12, "t": top, "b": bottom, "pad": 0},
        height=top + plot_height + bottom,
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        font={"size": 11},
    )
    figure.update_xaxes(fixedrange=True, automargin=False)
    figure.update_yaxes(fixedrange=True, automargin=False)
    figure.add_annotation(
        text="<br>".join(footer),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xshift=4 - LEFT,
        yshift=-axis_room,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"size": FOOTER_SIZE},
        opacity=0.8,
    )
    if caption.is_simulated:
        figure.add_annotation(
            text="SIMULATED",
            xref="paper",
            yref="paper",
            x=0.5,
            y=0.5,
            showarrow=False,
            textangle=-20,
            opacity=0.16,
            font={"size": 40, "color": theme.SIMULATED},
        )
    return figure


def empty(caption: Caption, reason: str) -> go.Figure:
    """A figure that says in words why nothing is drawn."""
    figure = go.Figure()
    figure.add_annotation(
        text="<br>".join(lines_of(reason, TITLE_WIDTH)),
        xref="paper",
        yref="paper",
        x=0.5,
        y=0.5,
        showarrow=False,
        font={"size": 13},
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return dress(figure, caption, 120, axis_room=8)


def with_gaps(frame: pl.DataFrame, enough: pl.Expr, months: int = 1) -> pl.DataFrame:
    """A monthly series with a row for each month of its span; months not to be drawn are null.

    Args:
        frame: Columns `month_on` and values, one row a month.
        enough: True where a month may be drawn.
        months: Months from one point to the next.

    Returns:
        The frame, all value columns null in months that are missing or that fail `enough`.
    """
    if frame.is_empty():
        return frame
    kept = frame.filter(enough).sort("month_on")
    if kept.is_empty():
        return kept
    return kept.upsample("month_on", every=f"{months}mo")


def segments(frame: pl.DataFrame, value: str) -> list[pl.DataFrame]:
    """The runs of months that follow each other without a gap in `value`."""
    marked = frame.with_columns(pl.col(value).is_null().cum_sum().alias("_run")).filter(
        pl.col(value).is_not_null()
    )
    return [part.drop("_run") for part in marked.partition_by("_run", maintain_order=True)]


def add_line(
    figure: go.Figure,
    frame: pl.DataFrame,
    value: str,
    low: str,
    high: str,
    *,
    name: str,
    colour: str,
    hover: str,
    text: list[str] | None = None,
    dash: str = "solid",
    row: int | None = None,
    col: int | None = None,
) -> None:
    """A line with its interval: a band where months follow each other, a bar at months that stand alone.

    Args:
        figure: Drawn into.
        frame: Columns `month_on`, value, low and high; null rows are gaps.
        value: Column of the line.
        low: Column of the lower bound.
        high: Column of the upper bound.
        name: Name of the series.
        colour: `#rrggbb`.
        hover: Plotly template of the label at a point; `text` is at hand in it.
        text: One text a row of the frame, for the label.
        dash: Plotly name of the line's dash.
        row: Row of a grid of panels.
        col: Column of a grid of panels.
    """
    xs: list[date | None] = []
    ys: list[float | None] = []
    alone: list[int] = []
    place = {date_: at for at, date_ in enumerate(frame["month_on"])}
    for part in segments(frame, value):
        banded = part.filter(pl.col(low).is_not_null() & pl.col(high).is_not_null())
        if part.height == 1:
            alone.append(place[part["month_on"][0]])
        elif banded.height > 1:
            xs += [*banded["month_on"], *banded["month_on"].reverse(), None]
            ys += [*banded[high], *banded[low].reverse(), None]
    panel = {} if row is None else {"row": row, "col": col}
    if xs:
        figure.add_trace(
            go.Scatter(
                x=xs,
                y=ys,
                mode="none",
                fill="toself",
                fillcolor=theme.translucent(colour, 0.22),
                hoverinfo="skip",
                name=f"{name}: 95% interval",
            ),
            **panel,
        )
    rows = range(frame.height)
    ups = [_reach(frame[high][at], frame[value][at]) if at in alone else None for at in rows]
    downs = [_reach(frame[value][at], frame[low][at]) if at in alone else None for at in rows]
    figure.add_trace(
        go.Scatter(
            x=frame["month_on"].to_list(),
            y=frame[value].to_list(),
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2, "dash": dash},
            marker={"size": [6 if at in alone else 3 for at in rows], "color": colour},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": ups,
                "arrayminus": downs,
                "visible": bool(alone),
                "width": 0,
                "thickness": 2,
                "color": theme.translucent(colour, 0.45),
            },
            name=name,
            text=text,
            hovertemplate=hover,
        ),
        **panel,
    )


def _reach(upper: float | None, lower: float | None) -> float | None:
    return None if upper is None or lower is None else upper - lower


def mark_events(figure: go.Figure, months: list[date], *, only: str | None = "ChatGPT") -> None:
    """Dotted lines at public releases within the months drawn; marks, not causes.

    Args:
        figure: Drawn into.
        months: The months drawn, in order.
        only: Draw this event alone; null draws all.
    """
    first, last = months[0], months[-1]
    for day, name in labels.EVENTS:
        if (only and name != only) or not first < day < last:
            continue
        figure.add_shape(
            type="line",
            x0=day,
            x1=day,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": theme.GREY, "width": 1, "dash": "dot"},
        )
        late = (day - first) > (last - first) * 0.75
        figure.add_annotation(
            x=day,
            y=1,
            yref="paper",
            yanchor="top",
            xanchor="right" if late else "left",
            text=f"{name} " if late else f" {name}",
            showarrow=False,
            font={"size": 10, "color": theme.GREY},
        )
