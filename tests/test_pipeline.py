"""The whole way once: simulated markets are collected, imported, transformed, published and asked."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from polars.testing import assert_frame_equal

from dags.demo import run_demo
from dags.dictionary import tables
from dags.pipeline import bring_in, run_all
from landing_helper import SOURCE, batches, run, said
from scrapers.errors import UsageError
from transform.steps.classify import classify, languages
from warehouse import home
from warehouse.connect import reading, working
from warehouse.releases import published

EURO = dataclasses.replace(
    SOURCE, name="simulated_euro", is_simulated=True, publishes_text=False, currency="EUR", locale="de"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder after the demo on a small market."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIGS_HOME", str(folder))
        run_demo(listings=3_000)
    yield folder


@pytest.fixture(autouse=True)
def in_demo_home(demo: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGS_HOME", str(demo))


def ask(query: str) -> list[tuple[Any, ...]]:
    with reading() as con:
        return con.execute(query).fetchall()


def test_the_release_holds_what_the_dictionary_says() -> None:
    columns = ask("select table_name, column_name, comment from duckdb_columns() where not internal")
    published = {(table, column): comment for table, column, comment in columns}
    described = {
        (table.name, name): " ".join(about.split()) for table in tables() for name, _, about in table.columns
    }
    assert set(published) == set(described)
    assert {
        key for key, about in published.items() if " ".join((about or "").split()) != described[key]
    } == set()


def test_the_build_decides_as_the_same_statement_does_for_a_table_at_hand() -> None:
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        listings = con.sql(
            "select listing_id, title, description, skills,"
            " concat_ws(' / ', native_category, native_subcategory) as native_category"
            " from intermediate.int_listings_latest order by listing_id"
        ).pl()
        built = con.sql(
            "select listing_id, is_ai, categories, stances, evidence, ai_score, language"
            " from intermediate.int_listings_classified order by listing_id"
        ).pl()
    at_hand = classify(listings).join(languages(listings), on="listing_id", how="left", maintain_order="left")
    assert_frame_equal(built, at_hand)
    assert built["is_ai"].sum() > 100


def test_every_record_is_accounted_for_and_every_listing_is_simulated() -> None:
    seen, parts = ask(
        "select sum(n_seen), sum(n_new + n_repeated + n_changed + n_quarantined) from import_runs"
    )[0]
    assert seen == parts > 3_000
    assert ask("select distinct is_simulated from listings") == [(True,)]
    kinds = {kind for (kind,) in ask("select distinct kind from import_runs")}
    assert kinds == {"crawl", "import"}
    ((n_quarantined, n_sources),) = ask("select sum(n_quarantined), count(*) from sources")
    assert n_quarantined > 0
    assert n_sources == 9
    assert ask(
        "select sum(n_rows) >= max(n) from quarantine_reasons, (select sum(n_quarantined) as n from sources)"
    )


def test_monthly_tables_agree_with_the_listings() -> None:
    requests = "side = 'request' and month_on is not null and engagement <> 'employment'"
    assert ask("select sum(n_listings) from monthly_counts where side = 'request'") == ask(
        f"select count(*) from listings where {requests}"
    )
    wrong = ask(
        "select * from monthly_prices where n_listings < 10 or median_usd not between p25_usd and p75_usd"
        " or median_usd not between median_low_usd and median_high_usd"
        " or (verdict = 'ok') <> (n_listings >= 30)"
    )
    assert wrong == []
    assert ask("select count(*) from monthly_prices")[0][0] > 50


def test_the_four_price_kinds_are_kept_apart() -> None:
    pairs = set(ask("select distinct side, price_kind from monthly_prices"))
    assert {("request", "budget"), ("request", "bid"), ("offer", "ask")} <= pairs
    assert ("offer", "budget") not in pairs
    assert ("request", "ask") not in pairs


def test_a_second_run_changes_nothing_and_new_listings_are_added(tmp_path: Path) -> None:
    compared = ["listings", "listing_days", "listing_ai_categories", "monthly_counts", "monthly_prices"]
    before = {name: ask(f"select * from {name} order by all") for name in compared}
    loaded, _, _ = run_all()
    assert loaded == []
    assert {name: ask(f"select * from {name} order by all") for name in compared} == before

    listings = [
        said("1", price_raw="1.234,56 €", title="Ein Preis", author_id="anna", description="Text"),
        said("2", price_raw="100 - 400", price_kind_raw="pro Stunde", title="Zwei Preise"),
        said("3", price_raw="verhandelbar", title="Kein Preis"),
        said("4", price_raw="80 PKR", title="Ohne Kurs"),
        said("5", posted_raw=None, price_raw="10 €", title="Ohne Datum", observed_at=None),
        said("6", posted_raw="vor 3 Tagen", title="Relatives Datum"),
        said("7", engagement="employment", price_raw="10 €", title="Eine Anstellung"),
    ]
    with working():
        bring_in(batches(listings), EURO, run("euro"))
    run_all()
    rows = {
        native: row
        for native, *row in ask(
            "select title, price_kind, price, currency, round(price_usd / price, 4), no_usd_reason, posted_at"
            " from listings where source = 'simulated_euro'"
        )
    }
    at = datetime(2024, 3, 5, 10)
    assert rows["Ein Preis"] == ["budget", 1234.56, "EUR", 1.0849, None, at]
    assert rows["Zwei Preise"] == ["rate", 200.0, "EUR", 1.0849, None, at]
    assert rows["Kein Preis"] == [None, None, "EUR", None, None, at]
    assert rows["Ohne Kurs"] == ["budget", 80.0, "PKR", None, "no_rate", at]
    assert rows["Ohne Datum"] == ["budget", 10.0, "EUR", None, "no_date", None]
    assert rows["Relatives Datum"][-1] == datetime(2024, 3, 3)
    ((description, key),) = ask("select description, author_key from listings where title = 'Ein Preis'")
    assert description is None
    assert len(key) == 32
    assert ask("select sum(n_listings) from monthly_counts where source = 'simulated_euro'") == [(5,)]


def test_the_demo_does_not_mix_with_real_listings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGS_HOME", str(tmp_path / "real"))
    with working():
        bring_in(batches([said("1")]), SOURCE, run("one"))
    with pytest.raises(UsageError, match="real listings"):
        run_demo(listings=1_500)


def test_every_release_is_what_was_published_and_knows_those_before() -> None:
    releases = published()
    assert releases
    for number, release in enumerate(reversed(releases), start=1):
        assert hashlib.sha256(release.file.read_bytes()).hexdigest() == release.facts["sha256"]
        with reading(release.release_id) as con:
            known = con.execute("select release_id from releases").fetchall()
        assert len(known) == number
        assert known[-1] == (release.release_id,)
