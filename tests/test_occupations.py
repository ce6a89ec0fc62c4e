"""Occupations: the source's own category where it is mapped, else the words of title and skills."""

from __future__ import annotations

import csv
import html
from collections import Counter
from pathlib import Path

import duckdb
import polars as pl
import pytest

from transform.steps.classify import SEEDS, compile_statement, frame_of, read_seed
from transform.steps.train_occupations import OCCUPATIONS, fold_of, stated_titles, word_weights


def by_words(frame: pl.DataFrame) -> dict[str, str]:
    con = duckdb.connect()
    con.register("listings_in", frame)
    con.execute(f"create table occupation_words as from read_csv('{SEEDS / 'occupation_words.csv'}')")
    return dict(con.sql(compile_statement(con, "occupation_from_words('listings_in')")).fetchall())


def test_words_of_title_and_skills_decide() -> None:
    titles = {
        "software_tech": "Laravel developer for API",
        "creative_multimedia": "Logo design and illustration",
        "writing_translation": "Translation of articles, proofreading",
        "sales_marketing": "SEO and Facebook ads",
        "clerical_data_entry": "Data entry in Excel, virtual assistant",
    }
    found = by_words(frame_of({"title": title} for title in titles.values()))
    assert [found.get(str(i)) for i in range(len(titles))] == list(titles)


def test_nothing_known_gives_no_occupation() -> None:
    assert by_words(frame_of([{"title": "Zzyzx qwv"}])) == {}


def test_mapped_names_are_lower_case_and_known() -> None:
    rows = read_seed("occupation_categories")
    assert all(row["native_category"] == row["native_category"].lower() for row in rows)
    assert {row["occupation"] for row in rows} == {*OCCUPATIONS, "microwork", "unknown"}


def test_word_weights_are_log_odds() -> None:
    titles = [("software_tech", "python work")] * 20 + [("sales_marketing", "seo work")] * 20
    weights = word_weights(titles)
    assert weights["python", "software_tech"] > 2
    assert weights["python", "sales_marketing"] < -2
    assert ("work", "software_tech") not in weights


@pytest.mark.real
def test_held_out_titles_reach_their_native_occupation(shared: Path) -> None:
    mapped = {row["native_category"]: row["occupation"] for row in read_seed("occupation_categories")}
    rows: dict[str, tuple[str, str]] = {}
    for path in sorted((shared / "data" / "listings" / "upwork_canerakcasu").glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for row in csv.DictReader(lines):
                service = html.unescape(row["occupations_oservice_pref_label"]).lower()
                if service in mapped and fold_of(row["uid"]) == 0:
                    rows[row["uid"]] = (mapped[service], row["title"])
    found = by_words(frame_of(({"uid": uid, "title": title} for uid, (_, title) in rows.items()), key="uid"))
    right = Counter(truth for uid, (truth, _) in rows.items() if found.get(uid) == truth)
    assert sum(right.values()) / len(rows) >= 0.77


def test_training_takes_only_stated_categories_and_never_the_held_out_fold(tmp_path: Path) -> None:
    keys = [f"key {number}" for number in range(50)]
    with duckdb.connect(str(tmp_path / "built.duckdb")) as con:
        con.execute("create schema intermediate")
        con.execute(
            "create table intermediate.int_listings_latest as "
            "select unnest(?) as listing_id, null::varchar as native_id, 'python work' as title",
            [keys],
        )
        con.execute(
            "create table intermediate.int_listings_occupied as "
            "select listing_id, 'software_tech' as occupation, "
            "if(listing_id = 'key 1', 'words', 'category') as occupation_method "
            "from intermediate.int_listings_latest"
        )
    found = stated_titles(tmp_path / "built.duckdb")
    expected = [key for key in keys if fold_of(key) != 0 and key != "key 1"]
    assert found == [("software_tech", "python work")] * len(expected)
    assert 0 < len(expected) < 49
