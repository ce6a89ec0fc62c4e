"""Durations, delivery times and counts as pages show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transform.steps.counts import read_count, read_rating
from transform.steps.durations import REASONS, read_days

DURATIONS = [
    ("1 to 3 months", 30, 90),
    ("3 to 6 months", 90, 180),
    ("Less than 1 month", None, 30),
    ("Less than a month", None, 30),
    ("< 1 month", None, 30),
    ("More than 6 months", 180, None),
    ("6+ months", 180, None),
    ("1-3 months", 30, 90),
    ("Est. time: 1 to 3 months", 30, 90),
    ("1 to 3 months, 30+ hrs/week", 30, 90),
    ("3 days delivery", 3, 3),
    ("Delivery in 3 days", 3, 3),
    ("1 day", 1, 1),
    ("24 hours", 1, 1),
    ("12 hours", 0.5, 0.5),
    ("48h", 2, 2),
    ("Express 24H delivery", 1, 1),
    ("1 week 3 days", 10, 10),
    ("7 days 12 hours", 7.5, 7.5),
    ("one to two weeks", 7, 14),
    ("2 or 3 weeks", 14, 21),
    ("within a week", None, 7),
    ("up to 10 days", None, 10),
    ("15.0", 15, 15),
    ("3-5", 3, 5),
    ("Más de 6 meses", 180, None),
    ("Menos de 1 semana", None, 7),
    ("De 1 a 3 meses", 30, 90),
    ("menos de un mes", None, 30),
    ("1 a 4 semanas", 7, 28),
    ("mais de 6 meses", 180, None),
    ("5 dias", 5, 5),
    ("5-7 Tage", 5, 7),
    ("bis zu 2 Wochen", None, 14),
    ("3 jours", 3, 3),
    ("moins d'un mois", None, 30),
    ("3 giorni", 3, 3),
    ("od 3 do 5 dni", 3, 5),
    ("от 3 до 5 дней", 3, 5),
    ("до 2 недель", None, 14),
    ("bir hafta", 7, 7),
    ("7 hari", 7, 7),
    ("3 ngày", 3, 3),
    ("3 วัน", 3, 3),
    ("ภายใน 5 วัน", None, 5),
    ("3 أيام", 3, 3),
    ("५ दिन", 5, 5),
    ("3日以内", None, 3),
    ("1週間", 7, 7),
    ("2~3天", 2, 3),
    ("3일", 3, 3),
    ("1 year", 365, 365),
]


@pytest.mark.parametrize(("text", "low", "high"), DURATIONS)
def test_a_duration_is_read_in_days(text: str, low: float | None, high: float | None) -> None:
    assert read_days(text) == (low, high, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "empty"),
        ("  ", "empty"),
        ("0", "zero"),
        ("Not sure", "unsure"),
        ("N/A", "unsure"),
        ("Por definir", "unsure"),
        ("ongoing", "ongoing"),
        ("Long term", "ongoing"),
        ("dauerhaft", "ongoing"),
        ("Less than 30 hrs/week", "workload"),
        ("30+ hrs/week", "workload"),
        ("soon", "no_duration"),
        ("20 USD", "no_duration"),
        ("a few days", "ambiguous"),
        ("5 to 2 days", "ambiguous"),
        ("1, 3 or 7 days", "ambiguous"),
        ("day " * 400, "no_duration"),
    ],
)
def test_what_is_no_duration_says_why(text: str | None, reason: str) -> None:
    assert read_days(text) == (None, None, reason)


def test_every_reason_of_durations_is_met_above() -> None:
    texts = [None, "0", "Not sure", "ongoing", "30+ hrs/week", "soon", "a few days"]
    assert {read_days(text)[2] for text in texts} == set(REASONS)


COUNTS = [
    ("Less than 5", 0, 4),
    ("5 to 10", 5, 10),
    ("20 to 50", 20, 50),
    ("50+", 50, None),
    ("Proposals: 5 to 10", 5, 10),
    ("over 100", 101, None),
    ("at least 10", 10, None),
    ("up to 20", 0, 20),
    ("12", 12, 12),
    ("12.0", 12, 12),
    ("0", 0, 0),
    ("1,234", 1234, 1234),
    ("1.234", 1234, 1234),
    ("1 234", 1234, 1234),
    ("(1,024 reviews)", 1024, 1024),
    ("1.2k", 1200, 1200),
    ("1k+", 1000, None),
    ("4.9/1k+", 1000, None),
    ("4.8/46", 46, 46),
    ("1,2 тыс.", 1200, 1200),
    ("Menos de 5", 0, 4),
    ("Más de 50", 51, None),
    ("20 a 50", 20, 50),
    ("15件", 15, 15),
    ("١٢", 12, 12),
    ("no bids yet", 0, 0),
    ("keine Gebote", 0, 0),
    ("N/A", None, None),
    ("None", None, None),
    ("", None, None),
    (None, None, None),
    ("many", None, None),
    ("10 to 5", None, None),
    ("1, 2, 3", None, None),
]


@pytest.mark.parametrize(("text", "low", "high"), COUNTS)
def test_a_count_is_read_with_its_bounds(text: str | None, low: int | None, high: int | None) -> None:
    assert read_count(text) == (low, high)


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4.9", 4.9),
        ("4,9 (120)", 4.9),
        ("4.8/5", 4.8),
        ("5", 5.0),
        ("4.893377823", 4.893377823),
        ("N/A", None),
        (None, None),
    ],
)
def test_a_rating_is_the_first_number(text: str | None, rating: float | None) -> None:
    assert read_rating(text) == rating


@given(st.text(max_size=50))
def test_any_text_gives_bounds_in_order_or_none(text: str) -> None:
    low, high, reason = read_days(text)
    assert (reason is None) == (low is not None or high is not None)
    assert low is None or high is None or 0 <= low <= high
    least, most = read_count(text)
    assert least is None or most is None or 0 <= least <= most
