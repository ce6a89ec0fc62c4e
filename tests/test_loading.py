"""Loading counts what is new, repeated and changed, and twice changes nothing."""

from __future__ import annotations

import itertools
import random

import polars as pl
import pytest

from landing_helper import SOURCE, bring, run, said
from scrapers.batch import REJECT_SCHEMA, no_rejects
from scrapers.errors import LockedError
from warehouse.connect import working, writing
from warehouse.landing import land_points
from warehouse.load import load


def rows(query: str) -> list[tuple[object, ...]]:
    with working(), writing() as con:
        return con.execute(query).fetchall()


def test_counts_add_up() -> None:
    rejects = pl.DataFrame(
        [(8, "title", "no title"), (8, "side", "unknown side"), (9, None, "broken record")],
        schema=REJECT_SCHEMA,
        orient="row",
    )
    first = bring("one", [said("1"), said("2"), said("1"), said("1", title="New words")], rejects)
    assert (first.n_seen, first.n_new, first.n_repeated, first.n_changed, first.n_quarantined) == (
        6,
        2,
        1,
        1,
        2,
    )
    second = bring("two", [said("1"), said("2", price_raw="50"), said("3")])
    assert (second.n_seen, second.n_new, second.n_repeated, second.n_changed) == (3, 1, 1, 1)


def test_loading_a_run_again_changes_nothing() -> None:
    listings = [said("1"), said("2")]
    first = bring("one", listings)
    before = rows("select * from raw.sightings order by all")
    again = bring("one", listings)
    assert again.is_repeat
    assert (again.n_seen, again.n_new) == (first.n_seen, first.n_new)
    assert rows("select * from raw.sightings order by all") == before


def test_order_and_splitting_do_not_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    listings = [said(str(n % 40), title=f"Words {n % 50}", bids_raw=str(n % 3)) for n in range(200)]
    tables = []
    for order, cuts in ((1, [0, 200]), (2, [0, 70, 200]), (3, [0, 10, 20, 150, 200])):
        monkeypatch.setenv("GIGS_HOME", f"{tmp_path}/{order}")
        random.Random(order).shuffle(listings)
        counts = [bring(f"run-{start}", listings[start:end]) for start, end in itertools.pairwise(cuts)]
        totals = [
            sum(getattr(item, name) for item in counts) for name in ("n_new", "n_changed", "n_repeated")
        ]
        content = "select listing_id, content_hash, title from raw.listings order by all"
        sightings = "select sighting_id, listing_id, bids_raw from raw.sightings order by all"
        tables.append((totals, rows(content), rows(sightings)))
    assert tables[0] == tables[1] == tables[2]


def test_a_second_run_at_the_same_time_is_refused() -> None:
    with working(), pytest.raises(LockedError) as refused, working():
        pass
    assert refused.value.exit_code == 8


def test_a_check_series_is_replaced_by_its_newest_reading() -> None:
    points = pl.DataFrame(
        {
            "benchmark": ["index"] * 2,
            "series": ["all"] * 2,
            "period_on": ["2024-01-01", "2024-02-01"],
            "value": [1.0, 2.0],
            "unit": ["listings"] * 2,
        }
    ).with_columns(pl.col("period_on").str.to_date())

    def read(run_id: str, points: pl.DataFrame) -> tuple[int, int, int]:
        with working(), writing() as con:
            counts = load(con, land_points(points, no_rejects(), SOURCE, run(run_id)).folder)
        return counts.n_new, counts.n_repeated, counts.n_changed

    assert read("a", points) == (2, 0, 0)
    assert read("b", points.head(1)) == (0, 1, 0)
    assert read("c", points.with_columns(value=pl.col("value") * 2)) == (0, 0, 2)
    assert rows("select sum(value) from raw.benchmark_points") == [(6.0,)]
    assert rows("select distinct name from raw.sources") == [(SOURCE.name,)]
