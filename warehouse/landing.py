"""Landing files: one immutable folder a run, written whole or not at all.

    landing/<source>/<run_id>/
        listings.parquet   the contract's fields, keyed hashes instead of authors, texts redacted
                           (a check series: points.parquet)
        rejects.parquet    records that do not fit: line, field, reason
        run.json           the run's and the source's facts

The folder appears by one rename when everything in it is on disk, so a run that is killed leaves nothing
that a later step would read. From here on nothing is fetched or imported again.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq

from scrapers.batch import Batch, no_rejects
from scrapers.listing import FIELDS, names
from scrapers.source import Source
from warehouse import home
from warehouse.privacy import author_keys, read_key, redact
from warehouse.tombstones import ERASED, kept_out, tombstones

LANDING_VERSION = "1"
"""Changes when the meaning of a landing file changes."""

_REDACTED = ("title", "description", "packages_json")
_SEPARATOR, _ABSENT = "chr(31)", "chr(30)"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is known of a run when it lands.

    Attributes:
        run_id: Unique and stable: the same input gives the same id.
        kind: `import`, `crawl` or `replay`.
        file_name: Name of the file that was read (no folder), or null.
        started_at: When the run began (UTC).
        parser_version: Version of the mapping or spider.
    """

    run_id: str
    kind: str
    file_name: str | None
    started_at: datetime
    parser_version: str


@dataclass(frozen=True)
class Landed:
    """A landed run: its folder, and whether it was there already."""

    folder: Path
    n_seen: int
    is_repeat: bool


def _sql_hash(columns: list[str]) -> str:
    parts = []
    for name in columns:
        kind = next((item.type for item in FIELDS if item.name == name), str)
        text = f"array_to_string({name}, {_SEPARATOR})" if kind is list else f"{name}::VARCHAR"
        parts.append(f"coalesce({text}, {_ABSENT})")
    return f"md5({f' || {_SEPARATOR} || '.join(parts)})"


def _hash_query() -> str:
    """SQL that adds the three hashes; they are stable: md5 over texts in the contract's order."""
    content = _sql_hash(["side", *[name for name in names("content") if name != "side"]])
    return f"""
        with said as (select *, {content} as content_hash from batch)
        , identified as (
            select
                *
                , case
                    when native_id is not null then md5(platform || {_SEPARATOR} || native_id)
                    else md5(platform || {_SEPARATOR} || {_ABSENT} || content_hash)
                end as listing_id
            from said
        )
        select *, {_sql_hash(["listing_id", "content_hash", "source", *names("sighting")])} as sighting_id
        from identified
    """


_HASHES = _hash_query()


def _prepare(
    listings: pl.DataFrame, source: Source, key: bytes, con: duckdb.DuckDBPyConnection
) -> pl.DataFrame:
    texts = [name for name, kind in listings.schema.items() if kind == pl.String]
    batch = listings.with_columns(
        *[pl.col(name).str.replace_all(_CONTROLS, " ") for name in texts],
        pl.lit(source.name).alias("source"),
        author_keys(listings["platform"], listings["author_id"], key).alias("author_key"),
    ).drop("author_id")
    con.register("batch", batch.to_arrow())
    hashed = pl.DataFrame(con.sql(_HASHES).to_arrow_table())
    con.unregister("batch")
    return redact(hashed, _REDACTED)


def _as_rejects(listings: pl.DataFrame) -> pl.DataFrame:
    return listings.select("line", pl.lit(None, pl.String).alias("field"), pl.lit(ERASED).alias("reason"))


def run_folder(source: str, run_id: str) -> Path:
    """Where a run's landing files stand."""
    return home.landing() / source / run_id


def land(batches: Iterable[Batch], source: Source, run: Run) -> Landed:
    """Write a run's batches as landing files; a run that has landed already is left as it is.

    Args:
        batches: Listings and rejects, read lazily: memory holds one batch at a time.
        source: Facts of the source, kept beside the listings.
        run: Facts of the run.

    Raises:
        GigsError: From the batches' own reading; nothing is left behind then.
        OSError: Disk full or folder not writable; nothing is left behind then.
    """
    return _land(source, run, lambda part: _write(part, batches, source, run))


def land_points(points: pl.DataFrame, rejects: pl.DataFrame, source: Source, run: Run) -> Landed:
    """Write a check series as a landing file, `points.parquet` instead of listings.

    Args:
        points: Columns benchmark, series, period_on (date), value, unit.
        rejects: Records that gave no point (columns of `REJECT_SCHEMA`).
        source: Facts of the series.
        run: Facts of the run.
    """

    def write(part: Path) -> int:
        points.write_parquet(part / "points.parquet")
        rejects.write_parquet(part / "rejects.parquet")
        n_seen = points.height + rejects["line"].n_unique()
        _write_facts(part, source, run, n_seen=n_seen, n_listings=0)
        return n_seen

    return _land(source, run, write)


def _land(source: Source, run: Run, write: Callable[[Path], int]) -> Landed:
    """Let `write` fill a folder that appears whole or not at all."""
    folder = run_folder(source.name, run.run_id)
    if folder.exists():
        return Landed(folder, read_facts(folder)["run"]["n_seen"], True)
    part = folder.with_name(f".{run.run_id}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        n_seen = write(part)
        for path in part.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Landed(folder, n_seen, False)


def _write(part: Path, batches: Iterable[Batch], source: Source, run: Run) -> int:
    key, stones = read_key(home.key_file()), tombstones()
    writer: pq.ParquetWriter | None = None
    rejects = [no_rejects()]
    n_seen = n_listings = 0
    with duckdb.connect(":memory:") as con:
        for batch in batches:
            n_seen += batch.n_seen
            rejects.append(batch.rejects)
            if batch.listings.is_empty():
                continue
            listings = _prepare(batch.listings, source, key, con)
            gone = kept_out(listings, stones)
            if gone.any():
                rejects.append(_as_rejects(listings.filter(gone)))
                listings = listings.filter(~gone)
            n_listings += listings.height
            table = listings.to_arrow()
            if writer is None:
                writer = pq.ParquetWriter(part / "listings.parquet", table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()
    pl.concat(rejects).write_parquet(part / "rejects.parquet")
    _write_facts(part, source, run, n_seen=n_seen, n_listings=n_listings)
    return n_seen


def _write_facts(part: Path, source: Source, run: Run, **counts: int) -> None:
    facts = {
        "landing_version": LANDING_VERSION,
        "run": dataclasses.asdict(run) | counts,
        "source": dataclasses.asdict(source),
    }
    (part / "run.json").write_text(json.dumps(facts, indent=1, default=str), encoding="utf-8")


def read_facts(folder: Path) -> dict[str, dict[str, Any]]:
    """The facts of a landed run: keys `run` and `source`."""
    facts: dict[str, dict[str, Any]] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return facts


def landed_runs() -> list[Path]:
    """Folders of all landed runs, in the order of their names."""
    return sorted(path.parent for path in home.landing().glob("*/*/run.json") if path.parent.name[0] != ".")
