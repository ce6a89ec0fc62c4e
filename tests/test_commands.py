"""The command line: help that is quick, messages with a next step, the documented exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dags import cli
from landing_helper import bring, said
from test_releases import NOW, marts
from warehouse import home
from warehouse.connect import working
from warehouse.releases import publish


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_help_imports_nothing_heavy() -> None:
    code = """
import sys
from dags.cli import main
try:
    main(["--help"])
except SystemExit:
    print([name for name in ("polars", "duckdb", "dbt", "streamlit", "scrapy") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "gigs demo" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nothing"], 2, "No such command"),
        (["query"], 2, "Missing argument"),
        (["status"], 1, "gigs demo"),
        (["query", "select 1"], 1, "gigs demo"),
        (["publish"], 1, "nothing to publish"),
        (["status", "--max-age", "soon"], 2, "not a valid float"),
    ],
)
def test_errors_end_with_their_code_and_the_next_step(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    ended, out, err = run(capsys, *words)
    assert (ended, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_a_second_run_is_told_to_wait(capsys: pytest.CaptureFixture[str]) -> None:
    with working():
        ended, _, err = run(capsys, "build")
    assert ended == 8
    assert "another run" in err


def test_a_misspelt_setting_is_a_configuration_error(capsys: pytest.CaptureFixture[str]) -> None:
    home.home().mkdir(parents=True)
    home.config_file().write_text('[colect]\ncontact = "a"\n')
    ended, _, err = run(capsys, "config")
    assert ended == 3
    assert "did you mean 'collect'?" in err


def test_an_unexpected_error_is_one_line_with_a_next_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("half a thought")

    monkeypatch.setattr("dags.health.examine", broken)
    ended, _, err = run(capsys, "doctor")
    assert ended == 1
    assert "unexpected ZeroDivisionError" in err
    assert "Traceback" not in err
    with pytest.raises(ZeroDivisionError):
        cli.main(["--debug", "doctor"])


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device", "somewhere"),
        duckdb.FatalException('Could not write file "gigs.duckdb": No space left on device'),
    ],
    ids=["system", "duckdb"],
)
def test_a_full_disk_is_said_plainly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full() -> None:
        raise error

    monkeypatch.setattr("dags.health.examine", full)
    ended, _, err = run(capsys, "doctor")
    assert ended == 1
    assert "the disk is full" in err


def test_doctor_finds_what_is_damaged(capsys: pytest.CaptureFixture[str]) -> None:
    bring("one", [said("1"), said("2")])
    ended, out, _ = run(capsys, "doctor", "--json")
    assert ended == 0
    assert all(finding["is_ok"] for finding in json.loads(out))
    next(home.landing().rglob("listings.parquet")).write_bytes(b"PAR1")
    home.build_file().write_bytes(b"x" * 20_000)
    ended, out, err = run(capsys, "doctor", "--json")
    found = {finding["about"]: finding for finding in json.loads(out)}
    assert ended == 1
    assert not found["landing files"]["is_ok"]
    assert "made again from the landing files" in found["build file"]["next_step"]
    assert "needs mending" in err


def test_config_says_where_the_data_live(capsys: pytest.CaptureFixture[str], own_home: Path) -> None:
    ended, out, _ = run(capsys, "config", "--json")
    assert ended == 0
    assert json.loads(out)["home"] == str(own_home)


def test_a_query_answers_in_each_format(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    marts()
    publish(now=NOW, revision=None)
    sql = "select listing_id, '=1+1' as cell, price::double as price from listings order by 1 limit 2"
    assert run(capsys, "query", sql, "--format", "csv")[1].splitlines()[1] == "id0,'=1+1,10.0"
    assert json.loads(run(capsys, "query", sql, "--format", "json")[1])[0]["price"] == 10.0
    assert "id1" in run(capsys, "query", sql)[1]
    out = tmp_path / "rows.parquet"
    assert run(capsys, "query", sql, "--format", "parquet", "--out", str(out))[0] == 0
    assert pl.read_parquet(out).height == 2
    ended, _, err = run(capsys, "query", sql, "--format", "parquet")
    assert ended == 2
    assert "--out" in err
    ended, _, err = run(capsys, "query", "select * from nothing")
    assert ended == 2
    assert "the query failed" in err


@pytest.mark.parametrize(
    "sql",
    [
        "delete from listings",
        "create table mine as select 1",
        "copy listings to 'stolen.csv'",
        "select * from read_csv('secret.csv')",
        "attach 'other.duckdb'",
    ],
)
def test_a_query_changes_nothing_and_reads_no_other_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    marts()
    publish(now=NOW, revision=None)
    before = {path.name for path in tmp_path.iterdir()}
    ended, out, err = run(capsys, "query", sql)
    assert (ended, out) == (2, "")
    assert "the query failed" in err
    assert {path.name for path in tmp_path.iterdir()} == before
