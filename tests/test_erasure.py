"""What is erased leaves every kept file and does not come back; a tombstone stays."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dags import erasing
from dags.erasing import erase_everywhere
from dags.replaying import replay
from landing_helper import bring, said
from scrapers.archive import Archive, Exchange, files, read
from scrapers.errors import ConfigError, UsageError
from scrapers.journal import Journal
from scrapers.listing import Listing
from scrapers.page import Page
from scrapers.reading import judge
from scrapers.spiders.base import spider_class
from test_releases import marts
from warehouse import home
from warehouse.connect import reading, working, writing
from warehouse.erasure import erase
from warehouse.releases import current, publish
from warehouse.tombstones import ERASED, tombstones

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2024, 5, 1)
AT = datetime(2026, 7, 1, tzinfo=UTC)
COMMENTS = "https://hn.algolia.com/api/v1/search_by_date?tags=comment,story_1"


def listing_id(native_id: str) -> str:
    return hashlib.md5(f"invented\x1f{native_id}".encode()).hexdigest()


def landed() -> pl.DataFrame:
    return pl.concat(pl.read_parquet(path) for path in sorted(home.landing().rglob("listings.parquet")))


def raw(table: str) -> list[tuple[object, ...]]:
    with working(), writing() as con:
        return con.execute(f"select distinct listing_id from {table} order by all").fetchall()


def test_a_listing_leaves_landing_and_raw_tables_and_does_not_return() -> None:
    bring("one", [said("1", url="https://example.org/1"), said("2")])
    bring("two", [said("1", title="Changed"), said("3")])
    with working():
        erased = erase(listing_id=listing_id("1"), on=TODAY)
    assert (erased.n_landing_rows, erased.n_raw_rows) == (2, 4)
    assert erased.urls == ["https://example.org/1"]
    assert set(landed()["listing_id"]) == {listing_id("2"), listing_id("3")}
    assert listing_id("1").encode() not in home.build_file().read_bytes()
    assert len(raw("raw.listings")) == len(raw("raw.sightings")) == 2
    counts = bring("three", [said("1"), said("4")])
    assert (counts.n_new, counts.n_quarantined) == (1, 1)
    with working(), writing() as con:
        assert con.execute("select reason from raw.quarantine").fetchall() == [(ERASED,)]


def test_all_of_an_author_goes_and_other_authors_stay() -> None:
    bring(
        "one",
        [said("1", author_id="jane"), said("2", author_id="jane"), said("3", author_id="joe"), said("4")],
    )
    key = landed().filter(pl.col("listing_id") == listing_id("1"))["author_key"][0]
    with working():
        erase(author_key=key, on=TODAY)
    assert set(landed()["listing_id"]) == {listing_id("3"), listing_id("4")}
    assert bring("two", [said("5", author_id="jane")]).n_quarantined == 1


def test_every_kept_release_is_rewritten() -> None:
    marts(3)
    with duckdb.connect(str(home.build_file())) as con:
        con.execute("update marts.listings set listing_id = md5(listing_id)")
        con.execute("alter table marts.listings add column author_key varchar")
    for day in (1, 2):
        publish(now=datetime(2024, 4, day, tzinfo=UTC), revision=None)
    before = current().facts["sha256"]
    with working(), writing() as con:
        con.execute("create schema raw")
        con.execute("create table raw.listings as select listing_id, author_key from marts.listings")
    gone = hashlib.md5(b"id1").hexdigest()
    with working():
        erased = erase(listing_id=gone, on=TODAY)
    assert erased.n_release_rows == 2
    for release in ("20240401T000000Z", "20240402T000000Z"):
        with reading(release) as con:
            assert con.execute("select count(*) from listings").fetchone() == (2,)
            assert con.execute(
                "select comment from duckdb_tables() where table_name = 'listings'"
            ).fetchone() == ("One row per listing, it's said.",)
    assert current().facts["sha256"] != before
    digest = hashlib.sha256(current().file.read_bytes()).hexdigest()
    assert current().facts["sha256"] == digest
    assert gone.encode() not in current().file.read_bytes()


def collected() -> list[Listing]:
    """One page that was fetched, archived, journalled and landed: its listings."""
    page = (FIXTURES / "hackernews" / "comments.json").read_bytes()
    archive = Archive(home.home() / "archive" / "hackernews", "run", "hackernews", "test")
    archive.write(Exchange(COMMENTS, 200, [("Content-Type", "application/json")], page, AT))
    archive.close()
    journal = Journal(home.home() / "collecting" / "journal.sqlite")
    journal.begin("run", "hackernews", AT, {})
    journal.add_pages("run", [COMMENTS])
    outcome = judge(spider_class("hackernews")(), Page(COMMENTS, page, AT))
    journal.commit("run", "hackernews", COMMENTS, outcome)
    journal.close()
    replay([], None, land=True)
    return [item for _, item in outcome.listings]


@pytest.mark.parametrize("killed_in", ["forget", "forget_in_journal", "finish"])
def test_what_is_killed_is_run_again_and_leaves_nothing(
    killed_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = next(item for item in collected() if item.author_id)
    (key,) = landed().filter(pl.col("native_id") == victim.native_id)["author_key"]
    with monkeypatch.context() as patched:
        patched.setattr(erasing, killed_in, lambda *words: (_ for _ in ()).throw(KeyboardInterrupt))
        with working(), pytest.raises(KeyboardInterrupt):
            erase_everywhere(None, key, TODAY)
    with working():
        erase_everywhere(None, key, TODAY)
    journal = (home.home() / "collecting" / "journal.sqlite").read_bytes()
    assert str(victim.native_id).encode() not in journal
    assert str(victim.author_id).encode() not in journal
    assert victim.native_id not in set(landed()["native_id"])


def test_what_is_erased_leaves_archives_and_journal_and_a_replay_does_not_bring_it_back() -> None:
    listings = collected()
    before = landed()
    victim = next(item for item in listings if item.author_id)
    (key,) = before.filter(pl.col("native_id") == victim.native_id)["author_key"]
    with working():
        erased = erase_everywhere(None, key, TODAY)
    assert (erased.warehouse.n_landing_rows, erased.n_responses) == (1, 1)
    assert erased.n_journal_entries == 2
    assert str(victim.author_id).encode() not in b"".join(
        page.body for path in files(home.home() / "archive") for page in read(path) if isinstance(page, Page)
    )
    journal = Journal(home.home() / "collecting" / "journal.sqlite")
    held = {item["native_id"] for pages in journal.payloads("run") for _, item in pages["listings"]}
    assert held == {item.native_id for item in listings} - {victim.native_id}
    page = (FIXTURES / "hackernews" / "comments.json").read_bytes()
    archive = Archive(home.home() / "archive" / "hackernews", "again", "hackernews", "test")
    archive.write(Exchange(COMMENTS, 200, [("Content-Type", "application/json")], page, AT))
    archive.close()
    replay([], None, land=True)
    assert victim.native_id not in set(landed()["native_id"])
    assert len(landed()) > len(before) - 1


@pytest.mark.parametrize("words", [{}, {"listing_id": "x"}, {"listing_id": "a" * 32, "author_key": "b" * 32}])
def test_what_is_to_be_erased_must_be_said_exactly(words: dict[str, str]) -> None:
    with working(), pytest.raises(UsageError, match="one listing id or one author key"):
        erase(**words, on=TODAY)
    assert tombstones() == []


def test_a_damaged_list_stops_landing() -> None:
    bring("one", [said("1")])
    (home.home() / "erased.csv").write_text("listing_id,abc")
    with pytest.raises(ConfigError, match="damaged"):
        bring("two", [said("2")])
