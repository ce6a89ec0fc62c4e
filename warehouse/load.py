"""Loading: landing files go into the raw tables, each run in one transaction; twice changes nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scrapers.source import Source
from warehouse.landing import read_facts
from warehouse.raw import LISTING_COLUMNS, SIGHTING_COLUMNS, ensure


@dataclass(frozen=True)
class Counts:
    """What a run brought. The four parts add up to what was seen.

    Attributes:
        run_id: The run.
        n_seen: Records read.
        n_new: Listings never seen before.
        n_repeated: Records whose listing had said the same before.
        n_changed: Records whose listing had said something else before.
        n_quarantined: Records that do not fit, kept out with their reason.
        is_repeat: True where the run had been loaded already and nothing was done.
    """

    run_id: str
    n_seen: int
    n_new: int
    n_repeated: int
    n_changed: int
    n_quarantined: int
    is_repeat: bool = False

    def __post_init__(self) -> None:
        parts = self.n_new + self.n_repeated + self.n_changed + self.n_quarantined
        if parts != self.n_seen:
            raise AssertionError(f"{self.run_id}: {self.n_seen} seen, but the parts add up to {parts}")


_COUNT_FIELDS = [spec.name for spec in dataclasses.fields(Counts) if spec.name.startswith("n_")]


def load(con: duckdb.DuckDBPyConnection, folder: Path) -> Counts:
    """Append one landed run to the raw tables.

    Args:
        con: The build file, open for writing.
        folder: The run's landing folder.

    Returns:
        The run's counts; those stored earlier where it had been loaded before.
    """
    facts = read_facts(folder)
    run, source = facts["run"], facts["source"]
    ensure(con)
    known = con.execute(
        f"select {', '.join(_COUNT_FIELDS)} from raw.runs where run_id = ?", [run["run_id"]]
    ).fetchone()
    if known:
        return Counts(str(run["run_id"]), **dict(zip(_COUNT_FIELDS, known, strict=True)), is_repeat=True)
    con.execute("begin")
    try:
        counts = _append(con, folder, run, source)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return counts


def _append(
    con: duckdb.DuckDBPyConnection, folder: Path, run: dict[str, Any], source: dict[str, Any]
) -> Counts:
    listings = folder / "listings.parquet"
    n_new = n_changed = n_listings = 0
    points = folder / "points.parquet"
    if listings.exists():
        n_listings, n_new, n_changed = _append_listings(con, str(listings))
    elif points.exists():
        n_listings, n_new, n_changed = _append_points(con, str(points), run["run_id"])
    rejects = str(folder / "rejects.parquet")
    con.execute(
        "insert into raw.quarantine select ?, ?, line, field, reason from read_parquet(?)",
        [run["run_id"], source["name"], rejects],
    )
    (n_quarantined,) = con.execute(
        "select count(distinct line) from read_parquet(?)", [rejects]
    ).fetchone() or (0,)
    counts = Counts(
        run_id=str(run["run_id"]),
        n_seen=n_listings + n_quarantined,
        n_new=n_new,
        n_repeated=n_listings - n_new - n_changed,
        n_changed=n_changed,
        n_quarantined=n_quarantined,
    )
    con.execute(
        "insert into raw.runs by name select ? as run_id, ? as source, ? as kind, ? as file_name"
        ", ?::timestamptz as started_at, now() as loaded_at, ? as parser_version"
        + "".join(f", {getattr(counts, name)} as {name}" for name in _COUNT_FIELDS),
        [
            run["run_id"],
            source["name"],
            run["kind"],
            run["file_name"],
            run["started_at"],
            run["parser_version"],
        ],
    )
    _keep_source(con, source)
    return counts


def _append_listings(con: duckdb.DuckDBPyConnection, file: str) -> tuple[int, int, int]:
    """Returns the records of the file, and how many of them are new or changed listings.

    Only the hashes are compared; the texts of what is new are then read by their position in the file.
    """
    con.execute(
        """
        create or replace temp table _seen as
        select listing_id, content_hash, min(file_row_number) as position
        from read_parquet(?, file_row_number = true) group by all
        """,
        [file],
    )
    con.execute(
        """
        create or replace temp table _fresh as
        select seen.*, not exists (select 1 from raw.listings as old where old.listing_id = seen.listing_id)
            as is_new_listing
        from _seen as seen
        where not exists (
            select 1 from raw.listings as old
            where old.listing_id = seen.listing_id and old.content_hash = seen.content_hash
        )
        """
    )
    (n_new, n_fresh) = con.execute(
        "select count(distinct listing_id) filter (is_new_listing), count(*) from _fresh"
    ).fetchone() or (0, 0)
    con.execute(
        f"insert into raw.listings by name select {', '.join(LISTING_COLUMNS)} "
        "from read_parquet(?, file_row_number = true) as file "
        "where exists (select 1 from _fresh where _fresh.position = file.file_row_number)",
        [file],
    )
    con.execute(
        f"insert into raw.sightings by name select {', '.join(SIGHTING_COLUMNS)} "
        "from read_parquet(?, file_row_number = true) as file where file_row_number in ("
        "  select min(file_row_number) from read_parquet(?, file_row_number = true) group by sighting_id"
        ") and not exists (select 1 from raw.sightings as old where old.sighting_id = file.sighting_id)",
        [file, file],
    )
    (n_listings,) = con.execute("select count(*) from read_parquet(?)", [file]).fetchone() or (0,)
    con.execute("drop table _seen")
    con.execute("drop table _fresh")
    return n_listings, n_new, n_fresh - n_new


def _keep_source(con: duckdb.DuckDBPyConnection, facts: dict[str, Any]) -> None:
    fields = [spec.name for spec in dataclasses.fields(Source)]
    con.execute(
        f"insert or replace into raw.sources by name select {', '.join(f'? as {name}' for name in fields)}",
        [facts.get(name) for name in fields],
    )


def _append_points(con: duckdb.DuckDBPyConnection, file: str, run_id: object) -> tuple[int, int, int]:
    """Replace a check series by its newest reading.

    Returns:
        The points of the file, and how many of them are new, or differ from an earlier reading.
    """
    con.execute("create or replace temp table _points as from read_parquet(?)", [file])
    same_place = (
        "old.benchmark = new.benchmark and old.series = new.series"
        " and old.period_on is not distinct from new.period_on"
    )
    (n_points, n_new, n_changed) = con.execute(
        "select count(*), count(*) filter (old.benchmark is null)"
        ", count(*) filter (old.value is distinct from new.value and old.benchmark is not null)"
        f" from _points as new left join raw.benchmark_points as old on {same_place}"
    ).fetchone() or (0, 0, 0)
    con.execute(f"delete from raw.benchmark_points as old using _points as new where {same_place}")
    con.execute(
        "insert into raw.benchmark_points by name "
        "select benchmark, series, period_on, value, unit, ? as run_id from _points",
        [run_id],
    )
    con.execute("drop table _points")
    return n_points, n_new, n_changed
