"""The real datasets, where they are at hand: every record is accounted for, with the known figures."""

from __future__ import annotations

from pathlib import Path

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


def bring(shared: Path, dataset: str) -> list[Imported]:
    folder = shared / "data" / "listings" / dataset
    return import_files(files_of([folder]), find_mapping(dataset))


def raw(query: str) -> pl.DataFrame:
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        return pl.DataFrame(con.execute(query).to_arrow_table())


@pytest.mark.parametrize("dataset", FIGURES)
def test_seen_distinct_and_quarantined(shared: Path, dataset: str):
    found = bring(shared, dataset)
    assert not [item.error for item in found if item.error]
    n_seen, n_distinct, n_quarantined = FIGURES[dataset]
    assert sum(item.n_seen for item in found) == n_seen
    assert sum(item.n_new for item in found) == n_distinct
    assert sum(item.n_quarantined for item in found) == n_quarantined
    for item in found:
        assert item.n_seen == item.n_new + item.n_repeated + item.n_changed + item.n_quarantined
    assert raw("select count(distinct listing_id) as n from raw.listings")["n"][0] == n_distinct


@pytest.mark.parametrize("dataset", POINTS)
def test_check_series(shared: Path, dataset: str):
    found = bring(shared, dataset)
    assert sum(item.n_points for item in found) == POINTS[dataset][0]
    assert sum(item.rejects.height for item in found) == POINTS[dataset][1]


def test_untitled_jobs_are_quarantined_with_their_reason(shared: Path):
    found = bring(shared, "upwork_raoina")
    reasons = pl.concat([item.rejects for item in found])["reason"].unique().to_list()
    assert reasons == ["nothing says what the work is: no title, description, skills or category"]
    by_file = {Path(item.file).name.split("_")[0]: item.n_quarantined for item in found}
    assert by_file == {"Android": 139, "Artificial": 126, "Data": 0, "Javascript": 107}


def test_rupees_stay_rupees(shared: Path):
    bring(shared, "fiverr_cheto")
    found = raw("select price_raw, is_converted, side from raw.listings")
    assert found["price_raw"].str.starts_with("PKR").all()
    assert found["is_converted"].all()
    assert found["side"].unique().to_list() == ["offer"]


def test_display_prices_are_flagged_as_converted(shared: Path):
    bring(shared, "fiverr_omarelmaria")
    found = raw("select is_converted, count(*) as n from raw.listings group by all")
    assert found.rows() == [(True, 420)]


def test_crawl_days_come_from_file_names(shared: Path):
    bring(shared, "freelance_es_jfnebel_2021")
    found = raw(
        "select source, min(observed_at)::date::varchar, max(observed_at)::date::varchar from raw.sightings"
        " group by all order by all"
    )
    assert found.rows() == [
        ("freelance_es_jfnebel_2021_freelancer", "2021-01-24", "2021-03-07"),
        ("freelance_es_jfnebel_2021_workana", "2021-01-22", "2021-03-07"),
    ]
    dated = raw("select count(*) as n from raw.sightings where posted_raw is not null")
    assert dated["n"][0] > 500


def test_adverts_of_employers_enter_as_employment(shared: Path):
    bring(shared, "hn_gantryops")
    assert raw("select distinct engagement from raw.listings").rows() == [("employment",)]


def test_no_seller_s_name_is_kept(shared: Path):
    for dataset in ("fiverr_cheto", "fiverr_omarelmaria", "hn_gantryops"):
        bring(shared, dataset)
    kept = raw("select * from raw.listings").select(pl.exclude("description", "title"))
    seen = raw("select * from raw.sightings")
    for frame in (kept, seen):
        texts = frame.select(pl.col(pl.String)).unpivot()["value"].drop_nulls()
        assert texts.str.contains("seller_[0-9a-f]{10}").sum() == 0
