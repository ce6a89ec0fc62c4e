"""A landing file is written whole or not at all, and holds no personal data."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator

import polars as pl
import pytest

from landing_helper import SOURCE, batches, run, said
from scrapers.batch import REJECT_SCHEMA, Batch
from scrapers.errors import ConfigError
from scrapers.listing import FIELDS, names
from warehouse import home
from warehouse.landing import land, landed_runs, run_folder
from warehouse.privacy import author_keys, read_key, redact


def landed(folder: object) -> pl.DataFrame:
    return pl.read_parquet(f"{folder}/listings.parquet")


def test_a_landed_run_holds_every_field_but_the_private_ones() -> None:
    folder = land(batches([said("1", author_id="jane", skills=["a", "b"])]), SOURCE, run("one")).folder
    frame = landed(folder)
    assert set(names("identity", "content", "sighting")) <= set(frame.columns)
    assert not set(names("private")) & set(frame.columns)
    assert {item.name for item in FIELDS if item.role == "private"} == {"author_id"}
    assert "jane" not in str(frame.to_dicts())
    assert len(frame["author_key"][0]) == 32


def test_the_same_run_lands_once() -> None:
    first = land(batches([said("1")]), SOURCE, run("one"))
    again = land(batches([said("1"), said("2")]), SOURCE, run("one"))
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert landed(again.folder).height == 1


def test_a_run_that_breaks_leaves_nothing() -> None:
    def broken() -> Iterator[Batch]:
        yield from batches([said("1")])
        raise RuntimeError("the file ends in the middle")

    with pytest.raises(RuntimeError):
        land(broken(), SOURCE, run("one"))
    assert landed_runs() == []
    assert list(home.landing().rglob("*.parquet")) == []


def test_a_run_of_rejects_alone_lands() -> None:
    rejects = pl.DataFrame([(1, "title", "no title")], schema=REJECT_SCHEMA, orient="row")
    result = land(batches([], rejects), SOURCE, run("one"))
    assert result.n_seen == 1
    assert not (result.folder / "listings.parquet").exists()


def test_identity_is_the_platforms_and_not_the_files() -> None:
    def ids(run_id: str, **fields: object) -> dict[str, object]:
        folder = land(batches([said("1", **fields)]), SOURCE, run(run_id)).folder
        return landed(folder).row(0, named=True)

    plain, moved, reworded = ids("a"), ids("b", bids_raw="7"), ids("c", title="Other words")
    assert plain["listing_id"] == moved["listing_id"] == reworded["listing_id"]
    assert plain["content_hash"] == moved["content_hash"] != reworded["content_hash"]
    assert len({plain["sighting_id"], moved["sighting_id"], reworded["sighting_id"]}) == 3


def test_without_a_native_id_what_was_said_is_the_identity() -> None:
    listings = [said(None, title="One"), said(None, title="Two"), said(None, title="One")]
    frame = landed(land(batches(listings), SOURCE, run("one")).folder)
    assert frame["listing_id"].n_unique() == 2


def test_hashes_are_the_same_on_every_machine() -> None:
    row = landed(land(batches([said("1")]), SOURCE, run("one")).folder).row(0, named=True)
    assert row["listing_id"] == hashlib.md5(b"invented\x1f1").hexdigest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jane.doe+jobs@mail.example.org today", "write to [email] today"),
        ("jane (at) example (dot) com", "[email]"),
        ("see https://example.org/a?b=c, please", "see [link] please"),
        ("see www.example.org", "see [link]"),
        ("t.me/jane_doe", "[link]"),
        ("telegram: jane_doe99", "telegram: [handle]"),
        ("ask @jane_doe", "ask [handle]"),
        ("call +44 20 7946 0958 now", "call [phone] now"),
        ("call (020) 7946-0958", "call [phone]"),
        ("call 555-010-9999", "call [phone]"),
        ("budget $1,500-2,500 for 2024-01-31", "budget $1,500-2,500 for 2024-01-31"),
        ("10 000 words, 300 500 rows", "10 000 words, 300 500 rows"),
        ("C++ and .NET at night", "C++ and .NET at night"),
    ],
)
def test_contact_details_are_redacted(text: str, expected: str) -> None:
    assert redact(pl.DataFrame({"text": [text]}), ["text"]).item() == expected


def test_author_keys_are_keyed_apart_by_platform_and_null_stays_null() -> None:
    keys = author_keys(pl.Series(["a", "b", "a", "a"]), pl.Series(["x", "x", None, "x"]), b"k" * 32)
    assert keys[0] == keys[3] != keys[1]
    assert keys[2] is None
    other = author_keys(pl.Series(["a"]), pl.Series(["x"]), b"l" * 32)
    assert other[0] != keys[0]


def test_the_key_is_made_once_and_is_private() -> None:
    key = read_key(home.key_file())
    assert key == read_key(home.key_file())
    assert stat.S_IMODE(home.key_file().stat().st_mode) == 0o600


def test_a_damaged_key_is_a_configuration_error() -> None:
    home.home().mkdir(parents=True)
    home.key_file().write_text("not a key")
    with pytest.raises(ConfigError, match="not a key"):
        read_key(home.key_file())


def test_control_characters_do_not_land() -> None:
    frame = landed(land(batches([said("1", title="a\x00b\x1fc\nd")]), SOURCE, run("one")).folder)
    assert frame["title"][0] == "a b c\nd"
    assert run_folder(SOURCE.name, "one").is_dir()
