"""Time the import, the load and the build of many listings beside DuckDB reading and writing the same bytes.

Run it with `make bench` or `python tests/bench_pipeline.py --listings 1000000`. Figures are ratios taken side
by side in one run; peak memory is that of the process and its children.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a call took, and what it returned."""
    began = time.perf_counter()
    result = what()
    return time.perf_counter() - began, result


def copy_with_duckdb(file: Path, folder: Path) -> None:
    """The yardstick: read every byte of the file and write it into a DuckDB table."""
    with duckdb.connect(str(folder / "plain.duckdb")) as con:
        con.execute("set threads = 2")
        con.execute("create or replace table plain as from read_parquet(?)", [str(file)])
        con.execute("checkpoint")


def measure(n: int, folder: Path) -> list[tuple[str, float, float]]:
    """Rows of (step, seconds, ratio to the yardstick)."""
    os.environ["GIGS_HOME"] = str(folder / "home")
    from dags.importing import import_files
    from dags.pipeline import now, revision
    from scrapers.imports.mapping import find_mapping
    from scrapers.simulated.records import write_parquet
    from transform.build import build
    from warehouse import home
    from warehouse.connect import working, writing
    from warehouse.landing import landed_runs
    from warehouse.load import load
    from warehouse.releases import publish

    file = folder / "market.parquet"
    simulated, _ = timed(lambda: write_parquet(file, listings=n, seed=1, until=date(2026, 6, 30)))
    yardstick = min(timed(lambda: copy_with_duckdb(file, folder))[0] for _ in range(2))
    mapping = find_mapping("simulated", home.datasets())
    imported, (result,) = timed(lambda: import_files([file], mapping))
    assert result.n_seen == n, result
    home.build_file().unlink()
    with working(), writing() as con:
        loaded, _ = timed(lambda: load(con, landed_runs()[0]))
    with working():
        built, _ = timed(build)
        published, release = timed(lambda: publish(now=now(), revision=revision()))
    assert release.facts["n_listings"] > 0
    steps = {
        "DuckDB reads and writes the same file": yardstick,
        "simulate": simulated,
        "import (convert, redact, hash, land, load)": imported,
        "load alone": loaded,
        "build": built,
        "publish": published,
        "build and publish": built + published,
    }
    return [(step, seconds, seconds / yardstick) for step, seconds in steps.items()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=1_000_000)
    n = parser.parse_args().listings
    with tempfile.TemporaryDirectory(prefix="gigs-bench-") as folder:
        rows = measure(n, Path(folder))
    sys.stdout.write(f"{n:,} simulated listings\n")
    for step, seconds, ratio in rows:
        sys.stdout.write(f"{step:45} {seconds:8.1f} s {ratio:8.1f} x\n")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    sys.stdout.write(f"peak memory: {own:.2f} GB here, {children:.2f} GB in dbt\n")


if __name__ == "__main__":
    main()
