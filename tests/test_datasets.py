"""Each shipped mapping reads files of its dataset's shape (invented here) into the expected listings."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrapers.imports.benchmark import read_points
from scrapers.imports.convert import batches
from scrapers.imports.mapping import find_mapping

FIXTURES = Path(__file__).parent / "fixtures" / "imports"
LISTINGS = sorted(path.parent.name for path in FIXTURES.glob("*/expected.json"))


def files_of(dataset: str, folder: Path) -> list[Path]:
    """The dataset's files; what is binary is built from its text first."""
    found = []
    for path in sorted((FIXTURES / dataset).iterdir()):
        target = folder / path.stem
        if path.name == "expected.json":
            continue
        if path.name.endswith(".db.sql"):
            con = sqlite3.connect(target)
            con.executescript(path.read_text(encoding="utf-8"))
            con.close()
        elif path.name.endswith(".parquet.json"):
            pl.DataFrame(json.loads(path.read_text(encoding="utf-8"))).write_parquet(target)
        else:
            target = path
        found.append(target)
    return found


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize("dataset", LISTINGS)
def test_a_dataset_s_shape(dataset: str, tmp_path: Path):
    mapping = find_mapping(dataset)
    expected = json.loads((FIXTURES / dataset / "expected.json").read_text(encoding="utf-8"))
    listings: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    for file in files_of(dataset, tmp_path):
        for batch in batches(file, mapping.for_file(file.name)):
            listings += [{"file": file.name} | row for row in batch.listings.to_dicts()]
            rejects += [{"file": file.name} | row for row in batch.rejects.to_dicts()]
    assert len(listings) == len(expected["listings"])
    for found, wanted in zip(listings, expected["listings"], strict=True):
        assert {key: plain(found[key]) for key in wanted} == wanted
    assert rejects == expected["rejects"]
    identity = {row["native_id"] or (row["title"], row["description"], row["price_raw"]) for row in listings}
    assert len(identity) == expected["distinct"]


def test_every_dataset_of_listings_has_a_fixture():
    assert len(LISTINGS) == 13


def points(dataset: str) -> tuple[list[tuple[Any, ...]], list[tuple[int, str]]]:
    found, rejects = [], []
    for file in sorted((FIXTURES / dataset).iterdir()):
        frame, left = read_points(file, find_mapping(dataset).for_file(file.name))
        assert frame["benchmark"].unique().to_list() == [dataset]
        found += frame.drop("benchmark").rows()
        rejects += left.select("line", "reason").rows()
    return found, rejects


def test_daily_counts_per_category_become_points():
    found, rejects = points("elance_guru_ufcg_2012_2013")
    assert found == [
        ("elance: freelancers, Sales & Marketing", date(2012, 10, 24), 1100.0, "freelancers"),
        ("elance: freelancers, Sales & Marketing", date(2012, 10, 25), 1120.0, "freelancers"),
        ("guru: pay, Legal", date(2013, 1, 4), 250.0, "USD"),
    ]
    assert rejects == [(3, "its series and period were given by an earlier record")]


def test_a_count_per_skill_becomes_points():
    found, rejects = points("freelancercom_knourian")
    assert found == [("Crafts & Hobbies: Knot tying", date(2021, 8, 1), 12.0, "open projects")]
    assert rejects == [(2, "no series, no period or no number")]


def test_weekly_figures_become_points_but_not_of_the_running_week():
    found, rejects = points("upwork_snipework")
    assert ("jobs", date(2026, 7, 6), 1300.0, "jobs") in found
    assert ("median fixed price: Writing", date(2026, 7, 6), 50.0, "USD") in found
    assert ("jobs: Chad", date(2026, 7, 6), 9.0, "jobs") in found
    assert {row[1] for row in found} == {date(2026, 7, 6)}
    assert {line for line, _ in rejects} == {2}
