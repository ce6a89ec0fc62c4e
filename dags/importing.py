"""Importing files: from paths and a mapping to loaded runs, one run a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from dags.pipeline import now
from scrapers.batch import REJECT_SCHEMA, Batch
from scrapers.errors import GigsError, LockedError, PartialError, UsageError
from scrapers.imports.benchmark import read_points
from scrapers.imports.convert import batches
from scrapers.imports.mapping import Mapping, Plan
from warehouse.connect import working, writing
from warehouse.landing import Run, land, land_points, run_folder
from warehouse.load import Counts, load

_FIRST_LINES = 5


@dataclass(kw_only=True)
class Imported:
    """What became of one file. The four parts add up to what was seen; `n_points` is for benchmarks.

    Attributes:
        file: The file's path.
        source: Name of its source.
        rejects: A row for each fault: `line`, `field`, `reason`.
        error: Why the file could not be imported; empty when it was.
        is_repeat: True where the same file had been imported with the same mapping before.
    """

    file: str
    source: str = ""
    n_seen: int = 0
    n_new: int = 0
    n_repeated: int = 0
    n_changed: int = 0
    n_quarantined: int = 0
    n_points: int = 0
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECT_SCHEMA))
    error: str = ""
    is_repeat: bool = False


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that are meant: files as named, folders with all in them, globs where no shell helped.

    Raises:
        UsageError: A path leads to nothing.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [item for item in sorted(path.rglob("*")) if item.is_file() and item.name[0] != "."]
        elif path.exists():
            inside = [path]
        else:
            inside = sorted(item for item in path.parent.glob(path.name) if item.is_file())
        if not inside:
            what = "is an empty folder" if path.is_dir() else "does not exist"
            raise UsageError(f"{path} {what}", "check the path; a folder stands for all files in it")
        found |= dict.fromkeys(inside)
    return list(found)


def import_files(
    files: Sequence[Path],
    mapping: Mapping,
    *,
    dry_run: bool = False,
    told: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> list[Imported]:
    """Import files one by one; a file that fails leaves nothing behind and does not stop the others.

    Args:
        files: What to import, in order.
        mapping: How.
        dry_run: Read and convert only; nothing is written.
        told: Called after each file with how many are done, of how many, and the file's name.

    Raises:
        GigsError: The only file, or every file, failed.
        LockedError: Another run is working on the same data.
    """
    results: list[Imported] = []
    errors: list[GigsError] = []

    def each(con: duckdb.DuckDBPyConnection | None) -> None:
        for number, file in enumerate(files, 1):
            try:
                results.append(_one(file, mapping, con))
            except LockedError:
                raise
            except GigsError as error:
                errors.append(error)
                results.append(Imported(file=str(file), error=error.message))
            told(number, len(files), file.name)

    if dry_run:
        each(None)
    else:
        with working(), writing() as con:
            each(con)
    if len(errors) == len(files):
        raise errors[0]
    return results


def raise_if_partial(results: Sequence[Imported]) -> None:
    """Raise `PartialError` when some files failed."""
    failed = [item for item in results if item.error]
    if failed:
        told = "".join(f"\n  {item.file}: {item.error}" for item in failed)
        raise PartialError(
            f"{len(failed)} of {len(results)} files could not be imported:{told}",
            "correct them and import again: what is in already does not change",
        )


def _one(file: Path, mapping: Mapping, con: duckdb.DuckDBPyConnection | None) -> Imported:
    """Import one file; without a connection, only read it."""
    plan = mapping.for_file(file.name)
    if plan.points:
        return _benchmark(file, mapping, plan, con)
    kept: list[pl.DataFrame] = []

    def watched() -> Iterator[Batch]:
        for batch in batches(file, plan):
            kept.append(batch.rejects)
            yield batch

    if con is None:
        n_seen = n_listings = 0
        for batch in watched():
            n_seen, n_listings = n_seen + batch.n_seen, n_listings + batch.listings.height
        counts = Counts(
            run_id="",
            n_seen=n_seen,
            n_new=n_listings,
            n_repeated=0,
            n_changed=0,
            n_quarantined=n_seen - n_listings,
        )
    else:
        run = _run(file, mapping)
        counts = _of_this_import(load(con, land(watched(), plan.source, run).folder))
        if not kept:
            kept.append(pl.read_parquet(run_folder(plan.source.name, run.run_id) / "rejects.parquet"))
    return Imported(
        file=str(file),
        source=plan.source.name,
        n_seen=counts.n_seen,
        n_new=counts.n_new,
        n_repeated=counts.n_repeated,
        n_changed=counts.n_changed,
        n_quarantined=counts.n_quarantined,
        rejects=pl.concat(kept),
        is_repeat=counts.is_repeat,
    )


def _of_this_import(counts: Counts) -> Counts:
    """Counts as this import sees them: of a file that is in already, everything that fits is a repetition."""
    if not counts.is_repeat:
        return counts
    n_repeated = counts.n_new + counts.n_repeated + counts.n_changed
    return replace(counts, n_new=0, n_repeated=n_repeated, n_changed=0)


def _benchmark(file: Path, mapping: Mapping, plan: Plan, con: duckdb.DuckDBPyConnection | None) -> Imported:
    points, rejects = read_points(file, plan)
    imported = Imported(file=str(file), source=plan.source.name, n_points=points.height, rejects=rejects)
    if con is not None:
        counts = load(con, land_points(points, rejects, plan.source, _run(file, mapping)).folder)
        imported.is_repeat = counts.is_repeat
    return imported


def _run(file: Path, mapping: Mapping) -> Run:
    return Run(
        run_id=run_id(file, mapping),
        kind="import",
        file_name=file.name,
        started_at=now(),
        parser_version=mapping.version,
    )


def run_id(file: Path, mapping: Mapping) -> str:
    """The run of a file: the same bytes under the same mapping give the same id, whatever the file's name."""
    with file.open("rb") as opened:
        content = hashlib.file_digest(opened, "blake2b").hexdigest()[:16]
    return f"{content}-{mapping.version}"


def reasons(results: Sequence[Imported]) -> list[dict[str, Any]]:
    """Faults of all files grouped by reason, most frequent first, each with the first places it was met."""
    rows = [
        item.rejects.with_columns(place=pl.format("{}:{}", pl.lit(Path(item.file).name), "line"))
        for item in results
    ]
    if not rows:
        return []
    grouped = (
        pl.concat(rows)
        .group_by("field", "reason", maintain_order=True)
        .agg(pl.len().alias("n"), pl.col("place").head(_FIRST_LINES).alias("first"))
        .sort("n", descending=True, maintain_order=True)
    )
    return grouped.to_dicts()
