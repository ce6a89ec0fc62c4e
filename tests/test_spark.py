"""The row-level models say the same on Spark; a difference would be found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from transform import spark
from transform.spark import compare, why_not

OURS = pl.DataFrame(
    {"listing_id": ["a", "b", "c"], "price": [1.0, None, 3.0], "words": [["x"], [], None], "n": [1, 2, None]}
)


def test_equal_rows_in_another_order_and_type_are_equal() -> None:
    theirs = OURS.reverse().with_columns(pl.col("n").cast(pl.Int32), pl.col("price") * (1 + 1e-12))
    found = compare("model", OURS, theirs, ["listing_id"])
    assert found.is_equal
    assert found.n_rows == 3


@pytest.mark.parametrize(
    ("column", "changed"),
    [
        ("price", [1.0, None, 3.00001]),
        ("price", [1.0, 0.0, 3.0]),
        ("price", [1.0, None, None]),
        ("words", [["x"], ["y"], None]),
        ("words", [["x"], None, None]),
        ("n", [1, 2, 0]),
    ],
)
def test_a_planted_difference_is_found(column: str, changed: list[object]) -> None:
    theirs = OURS.with_columns(pl.Series(column, changed, dtype=OURS.schema[column]))
    found = compare("model", OURS, theirs, ["listing_id"])
    assert not found.is_equal
    assert found.different == {column: 1}
    assert column != "n" or found.example == "('c', None, 0)"


def test_missing_rows_further_rows_and_columns_are_found() -> None:
    theirs = pl.concat([OURS.head(2), OURS.head(1).with_columns(listing_id=pl.lit("z"))]).drop("n")
    found = compare("model", OURS, theirs.with_columns(more=1), ["listing_id"])
    assert (found.n_missing, found.n_more) == (1, 1)
    assert set(found.different) == {"n", "more"}


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda name: object())
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "Java" in (why_not() or "")
    monkeypatch.setattr(spark, "find_spec", lambda name: None)
    assert "make spark" in (why_not() or "")


def test_a_few_simulated_listings_are_equal_on_spark(tmp_path: Path) -> None:
    reason = why_not()
    if reason:
        pytest.skip(f"SPARK LEFT OUT: {reason}")
    words = ["-m", "dags.spark", "--listings", "40", "--simulated-only"]
    found = subprocess.run(
        [sys.executable, *words],
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert found.returncode == 0, found.stdout + found.stderr[-3000:]
    rows = [line.split() for line in found.stdout.splitlines() if line.startswith(("int_", "stg_"))]
    assert len(rows) == len(spark.MODELS)
    assert all(int(row[1].replace(",", "")) > 0 and row[-1] == "none" for row in rows), found.stdout
