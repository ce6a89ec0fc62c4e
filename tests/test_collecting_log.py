"""What collecting wrote down reaches the build file, and the Sources view says it in words."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from warehouse.collecting import keep

RUN: dict[str, Any] = {
    "source": "guru",
    "run_id": "guru-1",
    "started_at": "2026-07-01T06:00:00+00:00",
    "outcome": "partial",
    "is_held": True,
    "parser": "2",
    "n_listings": 40,
    "n_listings_usual": 55.5,
    "listings": {"new": 10, "same": 28, "gone": 2},
    "n_rejected": 3,
    "pages": {"done": 8, "refused": 2},
    "refusals": {"refused: robots.txt forbids the page": 1, "blocked: status 403": 1},
    "coverage": {},
    "alarms": ["drop listings: 40 instead of 56"],
    "breaks": [{"at": "2026-06-01T00:00:00+00:00", "parser": "1", "why": "new layout"}],
}
ROBOTS = {
    "origin": "https://www.guru.com",
    "read_at": "2026-07-01T06:00:00+00:00",
    "outcome": "rules",
    "stay_away_until": None,
    "stay_away_why": None,
}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_the_log_is_kept_and_replaced(con: duckdb.DuckDBPyConnection) -> None:
    keep(con, [RUN, RUN | {"source": "upwork", "refusals": {}}], [ROBOTS])
    keep(con, [RUN], [ROBOTS])
    assert con.execute(
        "select source, n_pages, n_listings_usual, is_held, alarms, breaks from raw.collecting_runs"
    ).fetchall() == [("guru", 10, 55.5, True, RUN["alarms"], ["2026-06-01 (parser 1): new layout"])]
    assert con.execute("select n_new, n_changed, n_same, n_gone from raw.collecting_runs").fetchall() == [
        (10, 0, 28, 2)
    ]
    assert con.execute("select reason, n_pages from raw.collecting_refusals").fetchall() == [
        ("blocked: status 403", 1),
        ("refused: robots.txt forbids the page", 1),
    ]
    assert con.execute("select origin, outcome from raw.robots_readings").fetchall() == [
        ("https://www.guru.com", "rules")
    ]


def test_nothing_collected_leaves_empty_tables(con: duckdb.DuckDBPyConnection) -> None:
    keep(con, [], [])
    for table in ("collecting_runs", "collecting_refusals", "robots_readings"):
        assert con.execute(f"select count(*) from raw.{table}").fetchone() == (0,)
