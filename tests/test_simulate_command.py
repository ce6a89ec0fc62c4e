"""`gigs simulate` writes a market of the size that was asked for, and says what it did."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dags.commands.simulate import command
from scrapers.errors import UsageError
from scrapers.simulated.build import CHUNK


def test_size_length_and_row_groups(tmp_path: Path) -> None:
    out, n = tmp_path / "market.parquet", CHUNK + 5_000
    result = CliRunner().invoke(command, ["--listings", str(n), "--seed", "9", "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    print(
        f"simulate: {said['records'] / said['seconds']:,.0f} records/s, {said['mean_characters']} characters"
    )
    assert said["records"] == n
    assert 600 < said["mean_characters"] < 760
    with pq.ParquetFile(out) as file:
        groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert groups == [CHUNK, 5_000]
    market = pl.scan_parquet(out)
    columns = market.collect_schema().names()
    assert not [name for name in columns if name.startswith("_")]
    ids = market.select("platform", "listing_id", "side").drop_nulls().collect()
    assert ids["listing_id"].n_unique() > 0.6 * n * 0.9
    assert ids.group_by("listing_id").agg(pl.col("platform").n_unique())["platform"].max() == 1
    assert {path.name for path in tmp_path.iterdir()} == {
        "market.parquet",
        "market.truth.json",
        "market.flags.parquet",
    }


def test_a_small_market_until_an_early_day(tmp_path: Path) -> None:
    out = tmp_path / "small.parquet"
    result = CliRunner().invoke(command, ["--listings", "50", "--until", "2019-02-03", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert str(out) in result.stdout
    market = pl.read_parquet(out)
    assert market.height == 50
    assert str(market["collected"].max())[:10] <= "2019-02-03"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--until", "2018-12-31", "--out", "x.parquet"], "the market begins on 2019-01-01"),
        (["--out", "no/such/folder/x.parquet"], "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception) and "Next:" in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_an_impossible_number_is_refused() -> None:
    assert CliRunner().invoke(command, ["--listings", "0", "--out", "x.parquet"]).exit_code == 2
    assert CliRunner().invoke(command, []).exit_code == 2
