"""Opening sentences and the figures in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint

from dashboard import findings, release, text
from dashboard.queries import ai, wilson
from dashboard.release import Question
from release_fixture import write_release


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.42, "42%"), (0.0995, "10%"), (0.042, "4.2%"), (0.0042, "0.42%"), (0.0, "0.00%"), (1.0, "100%")],
)
def test_shares_keep_two_digits_that_matter(value: float, words: str) -> None:
    assert text.percent(value) == words


@pytest.mark.parametrize(("value", "words"), [(9.5, "$9.50"), (1234.4, "$1,234"), (20.0, "$20")])
def test_dollars_keep_cents_only_when_they_matter(value: float, words: str) -> None:
    assert text.dollars(value) == words


def test_a_median_without_interval_says_so() -> None:
    row = {
        "month_on": date(2024, 1, 1),
        "occupation": "software_tech",
        "n_listings": 31,
        "median_usd": 300.0,
        "median_low_usd": None,
        "median_high_usd": None,
    }
    assert "no interval; n = 31" in text.median_sentence(row, "budget", "request", "Alpha")


@pytest.mark.parametrize(("k", "n"), [(0, 30), (1, 30), (30, 30), (76, 400), (5, 100_000)])
def test_the_interval_in_sql_is_wilsons(k: int, n: int) -> None:
    (low, high) = duckdb.execute(
        f"select {wilson('-')}, {wilson('+')} from (select {k}::double as k, {n}::double as n)"
    ).fetchall()[0]
    assert (max(low, 0), min(high, 1)) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-6)


def _era(era: str, low: float, share: float, high: float) -> dict[str, object]:
    return {
        "category": "ai_design",
        "era": era,
        "first_on": date(2022, 1, 1),
        "last_on": date(2022, 12, 1),
        "k": 10,
        "n": 100,
        "share": share,
        "share_low": low,
        "share_high": high,
    }


@pytest.mark.parametrize(
    ("late", "verdict"),
    [
        ((0.21, 0.3, 0.4), "grew"),
        ((0.19, 0.3, 0.4), "no clear change"),
        ((0.01, 0.02, 0.03), "fell"),
        ((0.01, 0.02, 0.06), "no clear change"),
    ],
)
def test_growth_is_claimed_only_where_intervals_are_apart(
    late: tuple[float, float, float], verdict: str
) -> None:
    frame = pl.DataFrame([_era("early", 0.05, 0.1, 0.2), _era("late", *late)])
    (found,) = findings.growth(frame)
    assert found.verdict == verdict


def test_one_period_alone_has_no_verdict() -> None:
    (found,) = findings.growth(pl.DataFrame([_era("late", 0.1, 0.2, 0.3)]))
    assert found.verdict == "too short" and found.change is None


def test_growth_compares_the_first_and_last_twelve_months(own_home: Path) -> None:
    write_release(own_home)
    frame = release.load().ask(ai.ai_growth("alpha", "request", "all"))
    spans = frame.filter(pl.col("category") == "any").select("era", "first_on", "last_on", "n").rows()
    assert spans == [
        ("early", date(2022, 1, 1), date(2022, 12, 1), 4800),
        ("late", date(2024, 1, 1), date(2024, 12, 1), 4800),
    ]


def test_months_never_count_in_both_periods(own_home: Path) -> None:
    file = write_release(own_home)
    with duckdb.connect(str(file)) as con:
        con.execute("delete from monthly_ai_share where month_on < date '2023-07-01'")
    frame = release.load().ask(ai.ai_growth("alpha", "request", "all"))
    spans = frame.filter(pl.col("category") == "any").select("era", "first_on", "last_on").rows()
    assert spans == [
        ("early", date(2023, 7, 1), date(2023, 12, 1)),
        ("late", date(2024, 1, 1), date(2024, 12, 1)),
    ]


def test_values_are_written_into_the_query_as_literals() -> None:
    question = Question(
        "listings",
        "select $word, $n, $no, $day, $yes, $wordy",
        {"word": "it's", "wordy": "$n", "n": 3, "no": None, "day": date(2024, 1, 2), "yes": True},
    )
    assert question.as_text() == "select 'it''s', 3, null, date '2024-01-02', true, '$n'"


def test_a_running_month_is_called_running(own_home: Path) -> None:
    file = write_release(own_home)
    with duckdb.connect(str(file)) as con:
        con.execute("update releases set collected_to = timestamp '2024-12-10'")
    from dashboard.scope import Scope

    scope = Scope(release.load(), is_simulated=False)
    assert findings.is_running(scope, date(2024, 12, 1))
    assert not findings.is_running(scope, date(2024, 11, 1))
    (source, *_) = findings.market_sources(scope, "request")
    chart = findings.share_chart(scope, source, "request", "all", "any", "x")
    assert chart.sentence.startswith("In Dec 2024 so far, 19% of requests")
