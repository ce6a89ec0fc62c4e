"""The simulated market is the same for the same seed, and what was planted is really in it."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scrapers.imports.convert import batches
from scrapers.imports.mapping import find_mapping
from scrapers.simulated import planted
from scrapers.simulated.build import chunks
from scrapers.simulated.draw import Plan
from scrapers.simulated.markets import SimulatedFile, write_markets
from scrapers.simulated.records import write_parquet


@pytest.fixture(scope="module")
def market() -> pl.DataFrame:
    return pl.concat(chunks(Plan(), listings=120_000, seed=11), how="diagonal")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[SimulatedFile]:
    return write_markets(tmp_path_factory.mktemp("markets"), listings=3000, seed=5)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        (tmp_path / name).mkdir()
        write_parquet(tmp_path / name / "market.parquet", listings=3000, seed=seed)
        write_markets(tmp_path / name, listings=600, seed=seed)
    first, again, other = (digests(tmp_path / name) for name in "abc")
    assert first == again
    assert len(first) == 3 + 6 + 2
    assert all(first[name] != other[name] for name in first)


def test_ai_share_of_requests_follows_the_planted_curve(market: pl.DataFrame) -> None:
    drawn = market.filter((pl.col("side") == "request") & (pl.col("_sighting") == "first"))
    month, occupation = drawn["_month"].to_numpy(), drawn["_occupation"].to_list()
    numbers = np.array([planted.OCCUPATIONS.index(name) for name in occupation])
    expected = planted.ai_share(month, numbers, np.zeros_like(month))
    is_ai = drawn["_is_ai"].to_numpy()
    for begin in range(0, 90, 6):
        part = (month >= begin) & (month < begin + 6)
        error = np.sqrt((expected[part] * (1 - expected[part])).sum())
        assert abs(is_ai[part].sum() - expected[part].sum()) < 4 * error


@pytest.mark.parametrize("file_number", range(6))
def test_shipped_mappings_import_every_record(files: list[SimulatedFile], file_number: int) -> None:
    file = files[file_number]
    plan = find_mapping(file.dataset).for_file(file.path.name)
    found = list(batches(file.path, plan))
    listings = pl.concat([batch.listings for batch in found])
    assert plan.source.is_simulated and plan.source.platform == file.platform
    assert sum(batch.n_seen for batch in found) == file.n_records
    assert listings.height >= 0.98 * file.n_records
    assert listings["title"].str.contains("(simul", literal=True).all()
    for name in ("native_id", "description", "category_raw", "price_raw", "author_id", "observed_at"):
        assert listings[name].null_count() <= 0.005 * listings.height, name


def test_one_parquet_imports_with_its_mapping(tmp_path: Path) -> None:
    written = write_parquet(tmp_path / "market.parquet", listings=2000, seed=2, until=date(2024, 1, 31))
    plan = find_mapping("simulated").for_file(written.path.name)
    listings = pl.concat([batch.listings for batch in batches(written.path, plan)])
    assert set(listings["side"].unique()) == {"request", "offer"}
    assert listings["platform"].str.starts_with("sim_").all()
    assert listings["observed_at"].max().date() <= date(2024, 1, 31)
    truth = json.loads(written.truth.read_text(encoding="utf-8"))
    assert sum(cell["n"] for cell in truth["drawn"]) == written.n_records == 2000
