"""Texts that a source lets nobody keep leave landing, build file and releases; figures stay."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from dags.commands.expire import command
from dags.pipeline import bring_in
from landing_helper import SOURCE, batches, run, said
from scrapers.listing import Listing
from test_releases import marts
from warehouse import home
from warehouse.connect import working
from warehouse.expiry import TEXTS, Expired, expire_texts
from warehouse.landing import read_facts, run_folder
from warehouse.releases import current, publish

SEEN = datetime(2024, 3, 6, tzinfo=UTC)
SECRET = "a text that its source lets nobody keep"
LIMITED = dataclasses.replace(SOURCE, name="limited", retention_days=30)


def bring(run_id: str, *listings: Listing, source: object = LIMITED) -> None:
    with working():
        bring_in(batches(listings), source, run(run_id))  # type: ignore[arg-type]


def texts(table: str = "raw.listings") -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        return con.execute(f"select native_id, title, price_raw from {table} order by all").fetchall()


def expire(days: float, **options: bool) -> Expired:
    with working():
        return expire_texts(SEEN + timedelta(days=days), **options)


def test_texts_leave_when_their_time_is_over_and_figures_stay() -> None:
    bring("one", said("1", title="First", description=SECRET, price_raw="50"))
    bring("free", said("2", title="Second"), source=SOURCE)
    assert expire(29) == Expired(0, 0, 0)
    assert expire(31, dry_run=True) == Expired(1, 0, 0)
    assert texts() == [("1", "First", "50"), ("2", "Second", None)]
    assert expire(31) == Expired(1, 1, 0)
    assert texts() == [("1", None, "50"), ("2", "Second", None)]
    row = pl.read_parquet(run_folder("limited", "one") / "listings.parquet")
    assert all(row[name].to_list() == [None] for name in TEXTS)
    assert read_facts(run_folder("limited", "one"))["run"]["n_texts_expired"] == 1
    kept = [path.read_bytes() for path in home.home().rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in content for content in kept)
    assert expire(31) == Expired(0, 0, 0)


def test_a_text_that_another_source_may_keep_or_that_is_still_seen_stays() -> None:
    bring("one", said("1", title="First"), said("2", title="Second"))
    bring("free", said("1", title="First"), source=SOURCE)
    bring("later", said("2", title="Second", observed_at=SEEN + timedelta(days=20)))
    found = expire(31)
    assert (found.n_landing_rows, found.n_build_rows) == (2, 0)
    assert [title for _, title, _ in texts()] == ["First", "Second"]


def test_kept_releases_lose_the_texts_too_and_keep_their_id() -> None:
    bring("one", said("1", title=SECRET))
    marts(3)
    (listing_id,) = pl.read_parquet(run_folder("limited", "one") / "listings.parquet")["listing_id"]
    with duckdb.connect(str(home.build_file())) as con:
        con.execute("update marts.listings set listing_id = ?, title = ? where listing_id = 'id1'",
                    [listing_id, SECRET])  # fmt: skip
    publish(now=datetime(2024, 4, 1, tzinfo=UTC), revision=None)
    release = current()
    assert expire(31).n_release_rows == 1
    assert current().release_id == release.release_id
    assert current().facts["sha256"] != release.facts["sha256"]
    assert current().facts["n_texts_expired"] == 1
    with duckdb.connect(str(current().file), read_only=True) as con:
        found = con.execute("select count(*), count(title) from listings").fetchone()
    assert found == (3, 2)
    assert SECRET.encode() not in current().file.read_bytes()


def test_a_run_that_was_killed_between_files_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    bring("one", said("1", title="First"))
    with monkeypatch.context() as broken:
        broken.setattr("warehouse.expiry._from_landing", lambda *args, **kinds: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            expire(31)
    assert expire(31).n_landing_rows == 1
    assert texts() == [("1", None, None)]


def test_the_command_says_what_it_did() -> None:
    bring("one", said("1", title="First"))
    shown = CliRunner().invoke(command, ["--dry-run"])
    assert (shown.exit_code, "would be taken out of 1 landed rows" in shown.output) == (0, True)
    done = CliRunner().invoke(command, [])
    assert (done.exit_code, "were taken out of 1 landed rows, 1 of the build file" in done.output) == (
        0,
        True,
    )
