"""Charts: gaps stay gaps, few listings are not drawn, the caption is part of the picture."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import labels, theme
from dashboard.charts import indices, prices, shares
from dashboard.charts.figure import (
    FOOTER_WIDTH,
    TITLE_WIDTH,
    Caption,
    Figure,
    inked,
    lines_of,
    segments,
    with_gaps,
)
from dashboard.charts.spark import sparkline

CAPTION = Caption(
    title="AI work: 19% of requests in Dec 2024",
    measure="Share of requests",
    unit="percent with 95% Wilson interval",
    period="Jan 2022 to Dec 2024",
    source="Alpha <b>jobs</b> & more",
    n=400,
    collected_to="2024-12-31",
    release="20250101T060000Z",
)


def shares_of(rows: dict[date, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "month_on": list(rows),
            "k": [n // 10 for n in rows.values()],
            "n": list(rows.values()),
            "share": [0.1] * len(rows),
            "share_low": [0.05] * len(rows),
            "share_high": [0.15] * len(rows),
        }
    )


SERIES = shares_of(
    {
        date(2022, 1, 1): 100,
        date(2022, 2, 1): 100,
        date(2022, 4, 1): 29,  # too few, and March is missing
        date(2022, 5, 1): 100,
        date(2022, 7, 1): 100,
        date(2022, 8, 1): 100,
    }
)


def drawn(figure: Figure) -> Any:
    """The figure as Plotly reads it: it refuses a property that it does not know."""
    return go.Figure(figure)


def points(figure: Any) -> list[float]:
    """All values that are drawn."""
    return [value for trace in figure.data for value in trace.y if value is not None]


def written(figure: Any) -> str:
    return " ".join(str(note.text) for note in drawn(figure).layout.annotations)


def test_missing_months_and_months_with_too_few_listings_are_gaps() -> None:
    filled = with_gaps(SERIES, pl.col("n") >= 30)
    assert filled["month_on"].to_list() == [date(2022, month, 1) for month in range(1, 9)]
    assert filled.filter(pl.col("share").is_null())["month_on"].to_list() == [
        date(2022, 3, 1),
        date(2022, 4, 1),
        date(2022, 6, 1),
    ]


def test_runs_of_months_are_split_at_gaps() -> None:
    runs = segments(with_gaps(SERIES, pl.col("n") >= 30), "share")
    assert [run["month_on"].to_list() for run in runs] == [
        [date(2022, 1, 1), date(2022, 2, 1)],
        [date(2022, 5, 1)],
        [date(2022, 7, 1), date(2022, 8, 1)],
    ]


def test_the_line_does_not_bridge_a_gap_and_the_band_ends_there() -> None:
    band, line = drawn(shares.share_over_time(SERIES, CAPTION, theme.BLUE)).data
    assert line.connectgaps is False
    assert [value is None for value in line.y] == [False, False, True, True, False, True, False, False]
    assert list(band.x).count(None) == 2  # one polygon for each run of months
    assert date(2022, 5, 1) not in band.x
    # A month alone has no band to stand in: its interval is a bar.
    assert [value for value in line.error_y.array if value is not None] == pytest.approx([0.05])


def test_nothing_is_drawn_under_thirty_listings() -> None:
    figure = drawn(shares.share_over_time(shares_of({date(2022, 1, 1): 29}), CAPTION, theme.BLUE))
    assert not points(figure) and "Too few" in written(figure)


@pytest.mark.parametrize("n_listings", [0, 29])
def test_a_median_of_few_listings_is_not_drawn(n_listings: int) -> None:
    frame = pl.DataFrame(
        {
            "month_on": [date(2022, 1, 1)],
            "n_listings": [n_listings],
            "median_usd": [100.0],
            "median_low_usd": [90.0],
            "median_high_usd": [110.0],
        }
    )
    figure = drawn(prices.median_over_time(frame, CAPTION, theme.BLUE))
    assert not points(figure) and "Too few" in written(figure)


def test_title_measure_source_n_release_and_licence_are_in_the_picture() -> None:
    said = written(shares.share_over_time(SERIES, CAPTION, theme.BLUE)).replace("<br>", " ")
    for part in (CAPTION.title, "Share of requests", "n = 400", "2024-12-31", CAPTION.release, "CC BY 4.0"):
        assert part in said
    assert "SIMULATED" not in said


def test_words_of_sources_cannot_become_markup() -> None:
    said = written(shares.share_over_time(SERIES, CAPTION, theme.BLUE))
    assert "Alpha &lt;b&gt;jobs&lt;/b&gt; &amp; more" in said.replace("<br>", " ")


def test_simulated_figures_say_so_twice_in_the_picture() -> None:
    caption = Caption(**{**CAPTION.__dict__, "is_simulated": True})
    said = written(shares.share_over_time(SERIES, caption, theme.BLUE))
    assert "SIMULATED DATA" in said and said.rstrip().endswith("SIMULATED")
    assert "SIMULATED DATA" in caption.alt()


def test_lines_fit_the_narrowest_screen() -> None:
    words = "A finding that goes on for quite some time " * 5
    assert all(len(line) <= TITLE_WIDTH for line in lines_of(words, TITLE_WIDTH))
    assert all(len(line) <= FOOTER_WIDTH for line in lines_of(words, FOOTER_WIDTH))


def test_all_words_take_the_ink_of_the_page_but_coloured_ones() -> None:
    caption = Caption(**{**CAPTION.__dict__, "is_simulated": True})
    figure = drawn(inked(shares.share_over_time(SERIES, caption, theme.BLUE), "#123456"))
    colours = {note.text: note.font.color for note in figure.layout.annotations}
    assert colours["SIMULATED"] == theme.SIMULATED
    assert [colour for text, colour in colours.items() if text.startswith("<b>AI work")] == ["#123456"]


@pytest.mark.parametrize("background", [theme.LIGHT_BACKGROUND, theme.DARK_BACKGROUND])
def test_every_colour_can_be_seen_on_light_and_dark(background: str) -> None:
    colours = {
        *theme.CATEGORY_COLOURS.values(),
        *theme.OCCUPATION_COLOURS.values(),
        *theme.SIDE_COLOURS.values(),
        *theme.KIND_COLOURS.values(),
        *theme.METHOD_COLOURS.values(),
    }
    assert len(colours) >= 10
    assert min(theme.contrast(colour, background) for colour in colours) >= 3


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_category_has_a_name_a_meaning_and_a_colour_of_its_own() -> None:
    assert len(labels.AI_CATEGORIES) >= 10
    assert labels.AI_CATEGORIES.keys() == labels.AI_MEANINGS.keys()
    assert labels.AI_MEANINGS["ai_design"].startswith("images, art")
    colours = [theme.CATEGORY_COLOURS[category] for category in labels.AI_CATEGORIES]
    assert len(set(colours[:10])) == 10
    assert theme.OCCUPATION_COLOURS.keys() >= labels.OCCUPATIONS.keys()


def test_every_method_has_a_name_a_meaning_and_a_colour_of_its_own() -> None:
    assert labels.METHODS.keys() == labels.METHOD_MEANINGS.keys() == theme.METHOD_COLOURS.keys()
    assert len(set(theme.METHOD_COLOURS.values())) == len(theme.METHOD_COLOURS)


def test_a_category_keeps_its_colour_in_every_chart() -> None:
    frame = SERIES.with_columns(pl.lit("ai_design").alias("category"))
    panels = drawn(shares.shares_in_panels(frame, CAPTION))
    assert panels.data[1].line.color == theme.CATEGORY_COLOURS["ai_design"]
    both = pl.concat([frame.head(1).with_columns(pl.lit(era).alias("era")) for era in ("early", "late")])
    both = both.with_columns(pl.col("month_on").alias("first_on"), pl.col("month_on").alias("last_on"))
    change = drawn(shares.change_by_category(both, CAPTION))
    assert {trace.marker.color for trace in change.data} == {theme.CATEGORY_COLOURS["ai_design"]}


INDEX = pl.DataFrame(
    {
        "method": ["hedonic"] * 4 + ["jevons-chained"] * 4,
        "role": ["headline"] * 4 + ["warning"] * 4,
        "month_on": [date(2022, month, 1) for month in (1, 4, 7, 10)] * 2,
        "value": [100.0, 104.0, 108.0, None, 100.0, 160.0, 220.0, 283.0],
        "low": [95.0, 99.0, 103.0, None] + [None] * 4,
        "high": [105.0, 109.0, 113.0, None] + [None] * 4,
        "n_items": [90, 29, 90, 90] + [90] * 4,
        "verdict": ["adequate", "too few", "adequate", "gap"] + ["no interval"] * 4,
    },
    schema_overrides={"low": pl.Float64, "high": pl.Float64},
)


def test_an_index_leaves_out_periods_of_few_prices_and_gaps() -> None:
    headline = INDEX.filter(pl.col("role") == "headline")
    figure = drawn(indices.index_over_time(headline, CAPTION, theme.BLUE, "", 3))
    assert points(figure) == [100.0, 108.0]
    assert figure.data[0].connectgaps is False
    assert figure.layout.shapes[0].y0 == 100  # the base year's level


def test_methods_differ_in_colour_and_dash_and_the_chained_one_is_called_a_warning() -> None:
    figure = drawn(indices.methods_beside(INDEX, CAPTION, "", 3))
    lines = {trace.name: trace for trace in figure.data if trace.mode != "none"}
    assert set(lines) == {"Hedonic", "Chained (a warning)"}
    assert lines["Hedonic"].line.dash == "solid" and lines["Chained (a warning)"].line.dash == "dash"
    assert "Hedonic" in written(figure) and "Chained (a warning)" in written(figure)
    assert lines["Hedonic"].line.color != lines["Chained (a warning)"].line.color


def test_an_index_without_a_period_to_draw_says_so() -> None:
    few = INDEX.with_columns(pl.lit("too few").alias("verdict"))
    for figure in (
        indices.index_over_time(few, CAPTION, theme.BLUE, "", 3),
        indices.methods_beside(few, CAPTION, "", 3),
    ):
        assert not points(drawn(figure)) and "Too few" in written(figure)


def test_premiums_show_the_corrected_value_hollow_beside_the_raw_one() -> None:
    row = {"name": "All occupations", "colour": theme.BLUE, "n_listings": 900, "n_flagged": 120}
    row |= {"premium": 0.2, "premium_low": 0.1, "premium_high": 0.3, "verdict": "higher"}
    corrected = {"corrected_premium": 0.24, "corrected_low": 0.1, "corrected_high": 0.4}
    none = dict.fromkeys(corrected)
    frame = pl.DataFrame([row | corrected, row | none], infer_schema_length=None)
    figure = drawn(indices.premium_by_occupation(frame, CAPTION))
    assert [(trace.x[0], trace.marker.symbol) for trace in figure.data] == [
        (0.2, "circle"),
        (0.24, "circle-open"),
        (0.2, "circle"),
    ]
    empty = indices.premium_by_occupation(frame.clear(), CAPTION)
    assert not points(drawn(empty)) and "Too few" in written(empty)


def test_events_are_marked_only_inside_the_months_drawn() -> None:
    inside = shares_of({date(2022, month, 1): 100 for month in range(1, 13)} | {date(2023, 1, 1): 100})
    assert "ChatGPT" in written(shares.share_over_time(inside, CAPTION, theme.BLUE))
    assert "ChatGPT" not in written(shares.share_over_time(SERIES, CAPTION, theme.BLUE))


def test_a_sparkline_ends_in_its_last_month() -> None:
    figure = drawn(
        sparkline(
            with_gaps(SERIES, pl.col("n") >= 30),
            "share",
            "share_low",
            "share_high",
            theme.BLUE,
            from_zero=True,
        )
    )
    assert list(figure.data[-1].x) == [date(2022, 8, 1)]
