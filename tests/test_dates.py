"""Posting dates as pages, feeds and files write them."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from transform.steps.dates import REASONS, read_date, upwork_posted_at
from transform.steps.words import languages

TABLE = Path(__file__).parent / "fixtures" / "date_strings.csv"


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["text"] or "(blank)")
def test_a_date_text_is_read_as_its_table_says(row: dict[str, str]) -> None:
    found = read_date(row["text"], row["date_order"] or None, row["time_zone"] or None, row["locale"] or None)
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC) if row["at"] else None
    offset = timedelta(seconds=int(row["seconds_ago"])) if row["seconds_ago"] else None
    assert (found.at, found.offset, found.precision, found.reason) == (
        at,
        offset,
        row["precision"],
        row["reason"] or None,
    )


def test_the_table_covers_every_reason_and_precision() -> None:
    rows = _rows()
    assert {row["reason"] for row in rows} - {""} == set(REASONS)
    assert {row["precision"] for row in rows} == {"exact", "day", "approximate", "unknown"}


DAYS = [datetime(year, month, day) for year in (2012, 2026) for month in range(1, 13) for day in (1, 17, 28)]


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("width", ["long", "medium"])
def test_dates_that_cldr_formats_are_read_back(language: str, width: str) -> None:
    wrong = []
    for day in DAYS:
        text = format_date(day.date(), width, locale=language)
        found = read_date(text, locale=language)
        if found.at != day.replace(tzinfo=UTC):
            wrong.append((text, day.date().isoformat(), found))
    assert not wrong[:4], f"{len(wrong)} of {len(DAYS)}"


@given(st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2090, 1, 1)))
def test_iso_and_epoch_texts_say_the_same_moment(at: datetime) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
    milliseconds = round((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    assert read_date(at.isoformat()).at == at
    assert read_date(at.isoformat().replace("+00:00", "Z")).at == at
    if milliseconds >= 10**12:
        assert read_date(str(milliseconds)).at == at


@given(st.text(max_size=60), st.sampled_from([None, "DMY", "MDY", "YMD"]), st.none() | st.text(max_size=12))
def test_any_text_gives_a_moment_or_a_reason(text: str, order: str | None, zone: str | None) -> None:
    found = read_date(text, order, zone)
    assert found.at is None or found.at.tzinfo is UTC
    assert not (found.at and found.offset)
    assert (found.precision == "unknown") == (found.at is None and found.offset is None)
    assert found.reason is None or found.reason in REASONS
    assert found.offset is None or found.offset >= timedelta(0)


PIECES = [
    "3",
    "12",
    "2021",
    "31",
    "Jan",
    "enero",
    "10:30",
    "PM",
    "ago",
    "hace",
    "days",
    "week",
    "yesterday",
    "left",
]
PIECES += [
    "/",
    "-",
    ".",
    ",",
    "T",
    "Z",
    "+",
    "today",
    "last",
    "noch",
    "1690239229000",
    "年",
    "月",
    "日",
    "vor",
    "a",
]


@given(st.lists(st.sampled_from(PIECES), max_size=10), st.sampled_from(["", " "]))
def test_any_mixture_of_date_words_gives_a_moment_or_a_reason(pieces: list[str], space: str) -> None:
    found = read_date(space.join(pieces), "DMY", "Europe/Madrid", "es")
    assert (found.precision == "unknown") == (found.at is None and found.offset is None)
    assert found.precision != "unknown" or found.reason in REASONS


def test_reading_does_not_depend_on_the_clock_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative and incomplete texts are the ones a clock would leak into."""
    texts = ["3 hours ago", "yesterday", "Jan 22", "Monday", "12:30", "May 2024", "last week", "22/04/21"]
    read_date.cache_clear()
    before = [read_date(text, "DMY") for text in texts]
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    read_date.cache_clear()
    assert [read_date(text, "DMY") for text in texts] == before
    assert [found.at for found in before if found.at and found.at.year not in (2024, 2021)] == []


@pytest.mark.parametrize(
    ("native_id", "posted"),
    [
        ("1610243660018262016", "2023-01-03T11:56:20.085"),
        ("~021610243660018262016", "2023-01-03T11:56:20.085"),
        ("~01d0e5d26196991845", None),
        ("0000000000000000001", None),
        ("1610243660", None),
        ("", None),
        (None, None),
    ],
)
def test_an_upwork_id_tells_its_time(native_id: str | None, posted: str | None) -> None:
    wanted = datetime.fromisoformat(posted).replace(tzinfo=UTC) if posted else None
    assert upwork_posted_at(native_id) == wanted
