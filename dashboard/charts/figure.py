"""What all charts share: caption, interval bands, gaps that stay gaps, event marks.

Title, subtitle and footer stand in the figure itself, so that a picture of it is still a whole chart. They
are wrapped for the narrowest screen, 360 pixels.
"""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard import labels, theme

Figure = dict[str, Any]
"""A Plotly figure as its JSON object; building it from Plotly's classes costs a hundred times more."""

TITLE_WIDTH, SUBTITLE_WIDTH, FOOTER_WIDTH = 44, 58, 70
"""Characters a line that fit into 328 pixels at the sizes below."""

TITLE_SIZE, SUBTITLE_SIZE, FOOTER_SIZE = 15, 12, 10

LEFT = 46
"""Left margin in pixels: room for the labels of the vertical axis."""

NARROW = 14
"""Left margin in pixels of charts whose labels stand above their rows."""

TICK = "2000-01-01"
"""Where the counting of ticks begins: a January."""

LINE_HEIGHT = 1.3
"""Plotly's line height, in sizes of the font."""


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
        n_of: What n counts, where it is not listings.
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
    n_of: str = ""

    @property
    def subtitle(self) -> str:
        """Measure, unit and period in one line."""
        return f"{self.measure}, {self.unit}, {self.period}"

    @property
    def footer(self) -> str:
        """Source, n, last day, release and licence."""
        parts = [
            "SIMULATED DATA" if self.is_simulated else "",
            f"Source: {self.source}",
            f"n = {self.n:,} {self.n_of}".rstrip(),
            f"collected to {self.collected_to}",
            f"release {self.release}",
            self.licence,
        ]
        return " · ".join(part for part in [*parts, self.note] if part)

    def alt(self) -> str:
        """The chart in words, for readers who do not see it."""
        return f"{self.title}. Chart of {self.subtitle}. {self.footer}."


def lines_of(text: str, width: int) -> list[str]:
    """A text wrapped to lines of at most `width` characters, escaped for Plotly."""
    return [html.escape(line, quote=False) for line in textwrap.wrap(text, width)]


def blank() -> Figure:
    """A figure without anything in it."""
    return {"data": [], "layout": {"annotations": [], "shapes": [], "xaxis": {}, "yaxis": {}}}


def dress(
    figure: Figure,
    caption: Caption,
    plot_height: int,
    *,
    left: int = LEFT,
    gap: int = 16,
    axis_room: int = 30,
) -> Figure:
    """Add title, subtitle, footer and the simulated mark, and make room for them.

    Args:
        figure: The figure, traces drawn.
        caption: What to write.
        plot_height: Height of the plotting area in pixels.
        left: Left margin in pixels.
        gap: Pixels between subtitle and plotting area.
        axis_room: Pixels between plotting area and footer, for the labels of the horizontal axis.
    """
    title = [f"<b>{line}</b>" for line in lines_of(caption.title, TITLE_WIDTH)]
    subtitle = lines_of(caption.subtitle, SUBTITLE_WIDTH)
    footer = lines_of(caption.footer, FOOTER_WIDTH)
    small = _height(subtitle, SUBTITLE_SIZE)
    top = gap + small + _height(title, TITLE_SIZE) + 6
    bottom = axis_room + _height(footer, FOOTER_SIZE) + 6
    layout = figure["layout"]
    layout |= {
        "margin": {"l": left, "r": 14, "t": top, "b": bottom, "pad": 0},
        "height": top + plot_height + bottom,
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 11},
    }
    for name in layout:
        if name.startswith(("xaxis", "yaxis")):
            layout[name] |= {"fixedrange": True, "automargin": False}
    for lines, size, place in (
        (title, TITLE_SIZE, {"y": 1, "yanchor": "bottom", "yshift": gap + small}),
        (subtitle, SUBTITLE_SIZE, {"y": 1, "yanchor": "bottom", "yshift": gap}),
        (footer, FOOTER_SIZE, {"y": 0, "yanchor": "top", "yshift": -axis_room}),
    ):
        words = note("<br>".join(lines), size, x=0, xref="paper", yref="paper", xshift=2 - left, **place)
        layout["annotations"].append(words | {"align": "left", "borderpad": 0})
    if caption.is_simulated:
        mark = note("SIMULATED", 40, x=0.5, y=0.5, xref="paper", yref="paper", xanchor="center")
        mark |= {"textangle": -20, "opacity": 0.18, "font": {"size": 40, "color": theme.SIMULATED}}
        layout["annotations"].append(mark)
    return figure


def note(text: str, size: int = 11, **place: Any) -> dict[str, Any]:
    """Words in a figure, without an arrow; `place` holds Plotly's x, y and their references."""
    return {"text": text, "showarrow": False, "xanchor": "left", "font": {"size": size}, **place}


def inked(figure: Figure, ink: str) -> Figure:
    """Write all words that have no colour of their own in one: the ink of the light or dark page."""
    layout = figure["layout"]
    for words in layout["annotations"]:
        words["font"].setdefault("color", ink)
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            axis["tickfont"] = {"color": ink}
    return figure


def _height(lines: list[str], size: int) -> int:
    return math.ceil(len(lines) * size * LINE_HEIGHT) + 4


def empty(caption: Caption, reason: str) -> Figure:
    """A figure that says in words why nothing is drawn."""
    figure = blank()
    words = "<br>".join(lines_of(reason, TITLE_WIDTH))
    figure["data"].append({"type": "scatter", "x": [None], "y": [None]})  # Plotly refuses to draw nothing
    figure["layout"] = {
        "annotations": [note(words, 13, x=0.5, y=0.5, xref="paper", yref="paper", xanchor="center")],
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    }
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
    figure: Figure,
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
    panel: str = "",
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
        panel: Number of the panel in a grid, as Plotly's axes have it; empty is the first.
    """
    xs: list[date | None] = []
    ys: list[float | None] = []
    alone: set[date] = set()
    for part in segments(frame, value):
        banded = part.filter(pl.col(low).is_not_null() & pl.col(high).is_not_null())
        if part.height == 1:
            alone.add(part["month_on"][0])
        elif banded.height > 1:
            xs += [*banded["month_on"], *banded["month_on"].reverse(), None]
            ys += [*banded[high], *banded[low].reverse(), None]
    axes = {"type": "scatter", "xaxis": f"x{panel}", "yaxis": f"y{panel}"}
    if xs:
        band = {"x": xs, "y": ys, "mode": "none", "fill": "toself", "hoverinfo": "skip"}
        band |= {"fillcolor": theme.translucent(colour, 0.22), "name": f"{name}: 95% interval"}
        figure["data"].append(axes | band)
    rows = frame.select("month_on", value, low, high).rows()
    line = {
        "x": [row[0] for row in rows],
        "y": [row[1] for row in rows],
        "mode": "lines+markers",
        "connectgaps": False,
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"size": [6 if row[0] in alone else 3 for row in rows], "color": colour},
        "name": name,
        "text": text,
        "hovertemplate": hover,
    }
    if alone:
        reach = [row[1:] if row[0] in alone else (None, None, None) for row in rows]
        line["error_y"] = bars(reach, theme.translucent(colour, 0.45), thickness=2)
    figure["data"].append(axes | line)


def bars(
    rows: Iterable[tuple[float | None, float | None, float | None]], colour: str, thickness: int
) -> dict[str, Any]:
    """Plotly's error bars from rows of value, low and high; a null leaves the bar out."""
    ups, downs = [], []
    for value, low, high in rows:
        ups.append(None if value is None or high is None else high - value)
        downs.append(None if value is None or low is None else value - low)
    return {
        "type": "data",
        "symmetric": False,
        "array": ups,
        "arrayminus": downs,
        "color": colour,
        "thickness": thickness,
        "width": 0,
    }


def time_axis(months: list[date], step: int = 1) -> dict[str, Any]:
    """A horizontal axis whose labels stand on months or years, never on days, and in one row.

    Args:
        months: The months drawn, in order.
        step: Months from one point to the next.
    """
    span = (months[-1].year - months[0].year) * 12 + months[-1].month - months[0].month
    if span <= 18:
        between = max(step, 1 if span <= 3 else 3 if span <= 9 else 6)
        return {"dtick": f"M{between}", "tickformat": "%b %Y", "tick0": TICK}
    return {"dtick": f"M{12 * -(-span // 84)}", "tickformat": "%Y", "tick0": TICK}


def mark_events(figure: Figure, months: list[date], *, only: str | None = "ChatGPT") -> None:
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
        line = {"type": "line", "x0": day, "x1": day, "y0": 0, "y1": 1, "yref": "paper"}
        line["line"] = {"color": theme.GREY, "width": 1, "dash": "dot"}
        figure["layout"]["shapes"].append(line)
        late = (day - first) > (last - first) * 0.75
        words = note(f"{name} " if late else f" {name}", 10, x=day, y=1, yref="paper", yanchor="top")
        words |= {"xanchor": "right" if late else "left", "font": {"size": 10, "color": theme.GREY}}
        figure["layout"]["annotations"].append(words)
