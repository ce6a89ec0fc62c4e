"""Readers see one release whole; a check that fails leaves the last one up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from scrapers.errors import GateError, GigsError, UsageError
from warehouse import home
from warehouse.checks import REQUIRED_MARTS
from warehouse.connect import reading
from warehouse.releases import NoReleaseError, current, publish, published

NOW = datetime(2024, 4, 1, 12, tzinfo=UTC)

_LISTINGS = """
create or replace table marts.listings as
select 'id' || n as listing_id, 'invented' as source, 'request' as side, 'Title ' || n as title
    , cast(null as varchar) as description, 10.0 as price, 'USD' as currency, 10.0 as price_usd
    , timestamp '2024-03-05' as posted_at, timestamp '2024-03-06' as last_seen_at, true as is_simulated
from range({n}) as numbers (n)
"""


def marts(n: int = 5) -> None:
    """A build file with marts of the least shape that publishing needs."""
    home.build_file().parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.build_file())) as con:
        con.execute("create schema if not exists marts")
        con.execute(_LISTINGS.format(n=n))
        con.execute("comment on table marts.listings is 'One row per listing, it''s said.'")
        con.execute("comment on column marts.listings.title is 'Title; as published.'")
        con.execute(
            "create or replace table marts.sources as select 'invented' as source, false as publishes_text"
        )
        con.execute(
            "create or replace table marts.import_runs as "
            "select 5 as n_seen, 5 as n_new, 0 as n_repeated, 0 as n_changed, 0 as n_quarantined"
        )
        for name in set(REQUIRED_MARTS) - {"listings", "sources", "import_runs"}:
            con.execute(f"create or replace table marts.{name} as select 1 as n")


def change(statement: str) -> None:
    with duckdb.connect(str(home.build_file())) as con:
        con.execute(statement)


def test_without_a_release_the_message_says_what_fills_it() -> None:
    with pytest.raises(NoReleaseError, match="gigs demo"), reading():
        pass


def test_a_release_holds_the_marts_described_and_itself() -> None:
    marts()
    release = publish(now=NOW, revision="abc")
    assert current() == release
    with reading() as con:
        assert con.execute("select count(*) from listings").fetchone() == (5,)
        assert con.execute("select release_id, n_listings, git_revision from releases").fetchall() == [
            ("20240401T120000Z", 5, "abc")
        ]
        comments = dict(con.execute("select table_name, comment from duckdb_tables()").fetchall())
        assert comments["listings"] == "One row per listing, it's said."
    assert release.facts["is_simulated"] is True
    assert all(check["is_ok"] for check in release.facts["checks"])


def test_later_releases_know_the_earlier_ones() -> None:
    marts()
    publish(now=NOW, revision=None)
    publish(now=NOW, revision=None)
    publish(now=NOW + timedelta(days=1), revision=None)
    ids = ["20240402T120000Z", "20240401T120000Z-2", "20240401T120000Z"]
    assert [item.release_id for item in published()] == ids
    with reading() as con:
        assert [name for (name,) in con.execute("select release_id from releases").fetchall()] == ids[::-1]
    with reading("20240401T120000Z") as con:
        assert con.execute("select count(*) from releases").fetchone() == (1,)


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("insert into marts.listings select * from marts.listings limit 1", "listings appear once"),
        ("update marts.listings set posted_at = timestamp '2999-01-01'", "future"),
        ("update marts.listings set price_usd = -1", "prices are positive"),
        ("update marts.listings set currency = null", "has a currency"),
        ("update marts.listings set title = 'mail jane@example.org'", "no e-mail address"),
        ("update marts.listings set description = 'words'", "may not publish"),
        ("update marts.import_runs set n_new = 4", "counts add up"),
        ("update marts.listings set is_simulated = null", "told apart"),
        ("drop table marts.monthly_prices", "missing: monthly_prices"),
        (
            "delete from marts.listings where listing_id > 'id2'",
            "no source has shrunk: shrunk: invented 5 -> 3",
        ),
    ],
)
def test_a_check_that_fails_holds_the_release_back(statement: str, check: str) -> None:
    marts()
    first = publish(now=NOW, revision=None)
    change(statement)
    with pytest.raises(GateError, match=check) as held:
        publish(now=NOW + timedelta(days=1), revision=None)
    assert held.value.exit_code == 5
    assert current() == first
    assert [path.name for path in home.releases().iterdir() if path.name.endswith(".part")] == []


def test_shrinking_can_be_accepted_by_a_person() -> None:
    marts()
    publish(now=NOW, revision=None)
    change("delete from marts.listings where listing_id > 'id2'")
    release = publish(now=NOW + timedelta(days=1), revision=None, accept_shrinking=True)
    assert release.facts["n_listings"] == 3


def test_a_reader_keeps_its_release_while_a_new_one_goes_up() -> None:
    marts()
    publish(now=NOW, revision=None)
    with reading() as con:
        marts(7)
        publish(now=NOW + timedelta(days=1), revision=None)
        assert con.execute("select count(*) from listings").fetchone() == (5,)
    with reading() as con:
        assert con.execute("select count(*) from listings").fetchone() == (7,)


def test_an_unknown_release_names_the_known_ones() -> None:
    marts()
    publish(now=NOW, revision=None)
    with pytest.raises(UsageError, match="20240401T120000Z"):
        current("yesterday")


def test_a_damaged_release_is_said_and_not_served() -> None:
    marts()
    release = publish(now=NOW, revision=None)
    release.file.write_bytes(b"no database" * 1000)
    with pytest.raises(GigsError, match="doctor"), reading():
        pass
    facts = release.file.with_name("release.json")
    facts.write_text(json.dumps(release.facts)[:40])
    with pytest.raises(GigsError, match="is damaged"):
        current()


def test_nothing_to_publish_is_said() -> None:
    with pytest.raises(GigsError, match="nothing to publish"):
        publish(now=NOW, revision=None)
