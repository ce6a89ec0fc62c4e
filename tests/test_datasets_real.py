"""The real datasets, where they are at hand: every record is accounted for, with the known figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from dags.importing import Imported, files_of, import_files
from scrapers.imports.mapping import find_mapping
from warehouse import home

pytestmark = pytest.mark.real

FIGURES = {
    # dataset: records seen, distinct listings, quarantined
    "fastwork_popkns": (2_935, 2_935, 0),
    "fiverr_cheto": (888, 644, 0),
    "fiverr_omarelmaria": (432, 420, 0),
    "freelance_es_jfnebel_2021": (1_436, 839, 0),
    "hn_gantryops": (556, 556, 0),
    "upwork_aschubbz": (450, 285, 0),
    "upwork_canerakcasu": (14_981, 14_719, 0),
    "upwork_jessealdridge_2018": (1_052, 689, 0),
    "upwork_kadiroruc": (18_600, 5_051, 0),
    "upwork_raoina": (3_656, 3_172, 372),
    "upwork_rss_dawn0123": (1_194, 1_194, 0),
    "upwork_rss_lougse": (1_260, 1_209, 0),
    "workana_pedroviana": (1_321, 767, 0),
}
POINTS = {
    # dataset: points, records that gave none
    "elance_guru_ufcg_2012_2013": (4_240, 904),
    "freelancercom_knourian": (2_103, 7),
    "upwork_snipework": (356, 4),
}


@dataclass
class Brought:
    """A dataset that was imported into a data folder of its own."""

    files: list[Imported]
    build_file: Path

    def raw(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.build_file), read_only=True) as con:
            return con.execute(query).fetchall()


@pytest.fixture(scope="module")
def bring(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Brought]:
    """Imports a dataset, once in this file."""

    @cache
    def once(dataset: str) -> Brought:
        folder = shared / "data" / "listings" / dataset
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GIGS_HOME", str(tmp_path_factory.mktemp(dataset)))
            return Brought(import_files(files_of([folder]), find_mapping(dataset)), home.build_file())

    return once


@pytest.mark.parametrize("dataset", FIGURES)
def test_seen_distinct_and_quarantined(bring, dataset: str):
    brought = bring(dataset)
    found = brought.files
    assert not [item.error for item in found if item.error]
    n_seen, n_distinct, n_quarantined = FIGURES[dataset]
    assert sum(item.n_seen for item in found) == n_seen
    assert sum(item.n_new for item in found) == n_distinct
    assert sum(item.n_quarantined for item in found) == n_quarantined
    for item in found:
        assert item.n_seen == item.n_new + item.n_repeated + item.n_changed + item.n_quarantined
    assert brought.raw("select count(distinct listing_id) from raw.listings") == [(n_distinct,)]


@pytest.mark.parametrize("dataset", POINTS)
def test_check_series(bring, dataset: str):
    brought = bring(dataset)
    found = brought.files
    assert sum(item.n_points for item in found) == POINTS[dataset][0]
    assert sum(item.rejects.height for item in found) == POINTS[dataset][1]


def test_untitled_jobs_are_quarantined_with_their_reason(bring):
    found = bring("upwork_raoina").files
    reasons = pl.concat([item.rejects for item in found])["reason"].unique().to_list()
    assert reasons == ["nothing says what the work is: no title, description, skills or category"]
    by_file = {Path(item.file).name.split("_")[0]: item.n_quarantined for item in found}
    assert by_file == {"Android": 139, "Artificial": 126, "Data": 0, "Javascript": 107}


def test_rupees_stay_rupees(bring):
    found = bring("fiverr_cheto").raw(
        "select count(*), count(*) filter (price_raw like 'PKR%'), bool_and(is_converted), min(side)"
        ", max(side) from raw.listings"
    )
    assert found == [(644, 644, True, "offer", "offer")]


def test_display_prices_are_flagged_as_converted(bring):
    found = bring("fiverr_omarelmaria").raw("select is_converted, count(*) from raw.listings group by all")
    assert found == [(True, 420)]


def test_crawl_days_come_from_file_names(bring):
    found = bring("freelance_es_jfnebel_2021").raw(
        "select source, min(observed_at)::date::varchar, max(observed_at)::date::varchar"
        ", count(posted_raw) > 500 from raw.sightings group by all order by all"
    )
    assert found == [
        ("freelance_es_jfnebel_2021_freelancer", "2021-01-24", "2021-03-07", False),
        ("freelance_es_jfnebel_2021_workana", "2021-01-22", "2021-03-07", True),
    ]


def test_adverts_of_employers_enter_as_employment(bring):
    assert bring("hn_gantryops").raw("select distinct engagement from raw.listings") == [("employment",)]


@pytest.mark.parametrize("dataset", ["fiverr_cheto", "fiverr_omarelmaria", "hn_gantryops"])
def test_no_seller_s_name_is_kept(bring, dataset: str):
    for table in ("raw.listings", "raw.sightings"):
        rows = bring(dataset).raw(
            f"select * exclude (title, description) from {table}"
            if table == "raw.listings"
            else f"select * from {table}"
        )
        assert rows
        assert not re.search("seller_[0-9a-f]{10}", str(rows))
