"""`gigs import`: every record is accounted for, twice changes nothing, errors have their codes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from dags.cli import main
from warehouse import home
from warehouse.connect import working

MAPPING = """# Jobs of a made-up market.
[source]
platform = "made_up"
side = "request"
currency = "NOK"
[fields]
native_id = "id"
title = "title"
price_raw = "price"
"""


@pytest.fixture
def market(own_home: Path, tmp_path: Path) -> Path:
    """A folder with two files of a made-up market whose mapping is at home."""
    home.datasets().mkdir(parents=True)
    (home.datasets() / "made_up.toml").write_text(MAPPING)
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.csv").write_text("id,title,price\n1,Gulls,5\n2,Terns,6\n2,Terns,6\n3,,7\n4,Auks\n")
    (folder / "b.csv").write_text("id,title,price\n1,Gulls,5\n2,Terns,9\n5,Skuas,1\n")
    return folder


def gigs(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def imported(capsys: pytest.CaptureFixture[str], *words: str | Path) -> dict:
    code, out, err = gigs(capsys, "import", *words, "--json")
    assert code == 0, err
    return json.loads(out)


def counts(result: dict) -> list[tuple[int, ...]]:
    names = ("n_seen", "n_new", "n_repeated", "n_changed", "n_quarantined")
    return [tuple(file[name] for name in names) for file in result["files"]]


def test_counts_of_each_file_add_up_and_rejects_are_grouped(market, capsys):
    result = imported(capsys, market, "--dataset", "made_up")
    assert counts(result) == [(5, 2, 1, 0, 2), (3, 1, 1, 1, 0)]
    assert [(row["n"], row["field"], row["first"]) for row in result["rejects"]] == [
        (1, "title", ["a.csv:4"]),
        (1, None, ["a.csv:5"]),
    ]
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        stored = con.execute("select n_seen, n_quarantined from raw.runs order by n_seen").fetchall()
        kept = con.execute("select line, field from raw.quarantine order by line").fetchall()
    assert stored == [(3, 0), (5, 2)]
    assert kept == [(4, "title"), (5, None)]


def test_importing_the_same_files_again_changes_nothing(market, capsys):
    imported(capsys, market, "--dataset", "made_up")
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        before = con.execute("select count(*) from raw.sightings").fetchone()
    copy = market.parent / "renamed.csv"
    copy.write_bytes((market / "a.csv").read_bytes())
    again = imported(capsys, market, copy, "--dataset", "made_up")
    assert [file["is_repeat"] for file in again["files"]] == [True, True, True]
    assert counts(again) == [(5, 0, 3, 0, 2), (3, 0, 3, 0, 0), (5, 0, 3, 0, 2)]
    assert sum(row["n"] for row in again["rejects"]) == 4
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        assert con.execute("select count(*) from raw.sightings").fetchone() == before
        assert con.execute("select count(*) from raw.runs").fetchone() == (2,)


def test_a_dry_run_writes_nothing(market, capsys):
    result = imported(capsys, market, "--dataset", "made_up", "--dry-run")
    assert [(row[0], row[4]) for row in counts(result)] == [(5, 2), (3, 0)]
    assert not home.landing().exists()
    assert not home.build_file().exists()


def test_the_table_shows_files_total_reasons_and_next_step(market, capsys):
    code, out, err = gigs(capsys, "import", market, "--dataset", "made_up")
    assert code == 0
    assert "2 files" in out
    assert "nothing says what the work is" in out
    assert "2 fields where the header has 3" in out
    assert "gigs run" in err


def test_a_pattern_and_a_mapping_file_serve_too(market, capsys):
    mapping = market.parent / "mine.toml"
    mapping.write_text(MAPPING)
    result = imported(capsys, market / "*.csv", "--mapping", mapping)
    assert result["dataset"] == "mine"
    assert len(result["files"]) == 2


def test_one_bad_file_does_not_stop_the_others(market, capsys):
    (market / "aa.csv").write_bytes(b"%PDF-1.7")
    code, out, err = gigs(capsys, "import", market, "--dataset", "made_up", "--json")
    assert code == 4
    assert "1 of 3 files could not be imported" in err
    assert "is a PDF" in err
    found = json.loads(out)
    assert [bool(file["error"]) for file in found["files"]] == [False, True, False]
    assert counts(found)[2] == (3, 1, 1, 1, 0)


def test_errors_have_their_exit_codes_and_next_steps(market, capsys):
    (market / "empty.csv").write_text("")
    (home.datasets() / "wrong.toml").write_text(MAPPING.replace("title =", "titel ="))
    cases = {
        ("import", market / "a.csv"): (2, "--dataset is missing"),
        ("import", market / "a.csv", "--dataset", "made_upp"): (2, "did you mean 'made_up'"),
        ("import", market / "none.csv", "--dataset", "made_up"): (2, "does not exist"),
        ("import", market / "a.csv", "--dataset", "wrong"): (3, "did you mean 'title'"),
        ("import", market / "empty.csv", "--dataset", "made_up"): (1, "is empty"),
    }
    for words, (expected, message) in cases.items():
        code, out, err = gigs(capsys, *words)
        assert (code, out) == (expected, "")
        assert message in err
        assert "Next:" in err
        assert "Traceback" not in err
    assert not [path for path in home.landing().rglob("*") if path.is_file()]


def test_two_imports_at_once(market, capsys):
    with working():
        code, _, err = gigs(capsys, "import", market, "--dataset", "made_up")
    assert code == 8
    assert "another run" in err


def test_a_check_series_goes_to_the_benchmarks(own_home, tmp_path, capsys):
    file = tmp_path / "freelancer_categories_2021-08.csv"
    file.write_text("title,number,link,category\nKnots,12,x,Crafts\nMaps,3,y,Crafts\nKnots,12,x,Crafts\n")
    result = imported(capsys, file, "--dataset", "freelancercom_knourian")
    assert result["files"][0]["n_points"] == 2
    assert [row["n"] for row in result["rejects"]] == [1]
    with duckdb.connect(str(home.build_file()), read_only=True) as con:
        found = con.execute("select series, value from raw.benchmark_points order by series").fetchall()
    assert found == [("Crafts: Knots", 12.0), ("Crafts: Maps", 3.0)]
