"""Downloads: no cell may run as a formula, numbers stay numbers, simulated rows say so."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dashboard import export
from dashboard.charts.figure import Caption

CAPTION = Caption(
    title="AI work: 19% of requests",
    measure="Share of requests",
    unit="percent",
    period="Jan 2022 to Dec 2024",
    source="Alpha jobs",
    n=400,
    collected_to="2024-12-31",
    release="20250101T060000Z",
)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=20))
def test_no_text_cell_starts_like_a_formula(cells: list[str]) -> None:
    dangerous = [start + cell for start in ("=", "+", "-", "@", "\t", "\r", "\n", "＝") for cell in cells]
    rows = read(export.csv(pl.DataFrame({"title": [*cells, *dangerous]}), is_simulated=False))
    assert len(rows) == 9 * len(cells)
    for row, said in zip(rows, [*cells, *dangerous], strict=True):
        assert not row["title"].startswith(export.FORMULA_STARTS)
        assert row["title"] in (said, "'" + said)


def test_numbers_and_dates_stay_what_they_are() -> None:
    frame = pl.DataFrame({"change": [-0.25, 3.5], "k": [-7, 8], "month_on": [date(2024, 1, 1), None]})
    rows = read(export.csv(frame, is_simulated=False))
    assert rows[0] == {"change": "-0.25", "k": "-7", "month_on": "2024-01-01", "is_simulated": "false"}
    assert rows[1]["month_on"] == ""


def test_lists_become_one_text_cell() -> None:
    rows = read(export.csv(pl.DataFrame({"skills": [["=a", "b"], []]}), is_simulated=False))
    assert [row["skills"] for row in rows] == ["'=a; b", ""]


def test_every_row_of_a_simulated_export_says_so() -> None:
    rows = read(export.csv(pl.DataFrame({"k": [1, 2, 3]}), is_simulated=True))
    assert [row["is_simulated"] for row in rows] == ["true"] * 3


def test_metadata_names_source_n_release_query_and_the_simulated_mark() -> None:
    caption = Caption(**{**CAPTION.__dict__, "is_simulated": True})
    facts = json.loads(export.metadata(caption, "monthly_ai_share", "select 1", {"k": "Int64"}, "http://x"))
    assert facts["n"] == 400 and facts["release"] == "20250101T060000Z" and facts["sql"] == "select 1"
    assert facts["is_simulated"] is True and "SIMULATED DATA" in facts["citation"]
    assert "SIMULATED" in export.file_stem("ai_share", caption.release, is_simulated=True)


def test_a_citation_of_real_data_is_complete_and_unmarked() -> None:
    words = export.citation(CAPTION)
    assert "20250101T060000Z" in words and "2024-12-31" in words and "SIMULATED" not in words
