"""Releases: the marts, copied to a new versioned file; a pointer moves when all checks have passed.

    releases/<release_id>/gigs.duckdb     the public contract: one file with the marts, described
    releases/<release_id>/release.json    what it is: counts, checks, checksum
    releases/current                      the id of the release that readers open

A release is never written again. Readers resolve the pointer and open that release's path, so they see one
release whole. A build that fails, or a check that does not pass, leaves yesterday's release up.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from scrapers.errors import GateError, GigsError, UsageError
from warehouse import home
from warehouse.checks import NO_SHRINKING, Check, failed, run_checks

SCHEMA_VERSION = "1"
"""Version of the marts' contract; rises when a column is renamed or removed."""

MARTS_SCHEMA = "marts"

RELEASES_ABOUT = "One row per release up to this one, newest last: what was known when."

RELEASE_COLUMNS = {
    "release_id": ("VARCHAR", "Id of the release: its moment of publishing (UTC)."),
    "published_at": ("TIMESTAMP", "When it was published (UTC)."),
    "known_on": ("DATE", "Day on which its numbers were known."),
    "collected_to": ("TIMESTAMP", "Last moment that any of its listings was seen or posted (UTC)."),
    "n_listings": ("BIGINT", "Distinct listings in it."),
    "is_simulated": ("BOOLEAN", "Whether any of its listings is simulated."),
    "schema_version": ("VARCHAR", "Version of the tables' contract."),
    "git_revision": ("VARCHAR", "Revision of the program that made it, where known."),
}
"""Columns of the `releases` table: type and meaning."""


class NoReleaseError(GigsError):
    """Nothing has been published yet."""


@dataclass(frozen=True)
class Release:
    """A published release: its id, its DuckDB file and its facts."""

    release_id: str
    file: Path
    facts: dict[str, Any]


def _at(release_id: str) -> Release:
    folder = home.releases() / release_id
    try:
        facts = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        known = ", ".join(item.release_id for item in published()[:5]) or "none"
        raise UsageError(f"there is no release {release_id!r}", f"newest first: {known}") from None
    except json.JSONDecodeError:
        raise GigsError(
            f"{folder / 'release.json'} is damaged", "`gigs publish` makes a new release"
        ) from None
    return Release(release_id, folder / "gigs.duckdb", facts)


def current(release_id: str | None = None) -> Release:
    """The release that the pointer names, or a named one.

    Raises:
        NoReleaseError: Nothing has been published yet.
        UsageError: There is no release of that name.
    """
    if release_id:
        return _at(release_id)
    try:
        return _at((home.releases() / "current").read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise NoReleaseError(
            f"no release has been published in {home.home()}",
            "`gigs demo` fills it with simulated markets; `gigs import FILE --dataset NAME` and `gigs run` "
            "with yours",
        ) from None


def published() -> list[Release]:
    """All releases, newest first."""
    folders = sorted((path.parent for path in home.releases().glob("*/release.json")), reverse=True)
    return [_at(folder.name) for folder in folders if folder.name[0] != "."]


def publish(*, now: datetime, revision: str | None, accept_shrinking: bool = False) -> Release:
    """Copy the marts to a new release and move the pointer.

    Args:
        now: The moment of publishing (UTC); part of the id.
        revision: Revision of the program, or null outside a clone.
        accept_shrinking: Leave out the comparison with the last release, after a person has looked.

    Raises:
        GateError: A check did not pass; the last release stays up.
        GigsError: There are no marts yet.
    """
    build = home.build_file()
    if not build.exists():
        raise GigsError("there is nothing to publish yet", "import listings, then `gigs run`")
    releases = home.releases()
    releases.mkdir(parents=True, exist_ok=True)
    for left in releases.glob(".*.part"):
        shutil.rmtree(left, ignore_errors=True)
    part = releases / f".{now:%Y%m%dT%H%M%S}.part"
    part.mkdir()
    try:
        return _publish(part, build, now, revision, None if accept_shrinking else _previous())
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _publish(
    part: Path, build: Path, now: datetime, revision: str | None, previous: Release | None
) -> Release:
    file = part / "gigs.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("set timezone = 'UTC'")
        _copy_marts(con, build)
        checks = run_checks(con, previous.file if previous else None)
        if wrong := failed(checks):
            raise GateError(
                "the release was held back: " + "; ".join(f"{check.name}: {check.found}" for check in wrong),
                "the last release stays up; mend the cause and run it again" + _hint(wrong),
            )
        (n_listings, collected_to, is_simulated) = con.execute(
            "select count(*), max(coalesce(last_seen_at, posted_at)), bool_or(is_simulated) from listings"
        ).fetchone() or (0, None, False)
        release_id = _free_id(now)
        _write_releases(con, release_id, now, collected_to, n_listings, is_simulated, revision)
    facts = {
        "release_id": release_id,
        "published_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "collected_to": str(collected_to) if collected_to else None,
        "n_listings": n_listings,
        "is_simulated": bool(is_simulated),
        "schema_version": SCHEMA_VERSION,
        "git_revision": revision,
        "sha256": _sha256(file),
        "n_bytes": file.stat().st_size,
        "checks": [check.as_dict() for check in checks],
    }
    (part / "release.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    folder = home.releases() / release_id
    part.rename(folder)
    _point_to(release_id)
    return Release(release_id, folder / "gigs.duckdb", facts)


def _hint(wrong: list[Check]) -> str:
    overruled = " (or `gigs publish --accept-shrinking`, when a person has looked and it is meant)"
    return overruled if all(check.name == NO_SHRINKING for check in wrong) else ""


def _previous() -> Release | None:
    try:
        return current()
    except GigsError:
        return None


def _free_id(now: datetime) -> str:
    stem = f"{now:%Y%m%dT%H%M%SZ}"
    taken = {path.name for path in home.releases().iterdir()}
    tries = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    return next(name for name in tries if name not in taken)


def _copy_marts(con: duckdb.DuckDBPyConnection, build: Path) -> None:
    con.execute(f"attach '{_quoted(build)}' as build (read_only)")
    tables = con.execute(
        "select table_name, comment from duckdb_tables() where database_name = 'build' and schema_name = ?"
        " order by table_name",
        [MARTS_SCHEMA],
    ).fetchall()
    if not tables:
        raise GigsError("no mart has been built yet", "`gigs build` makes them")
    for table, about in tables:
        con.execute(f"create table {table} as from build.{MARTS_SCHEMA}.{table}")
        if about:
            con.execute(f"comment on table {table} is '{_quoted(about)}'")
        for column, words in con.execute(
            "select column_name, comment from duckdb_columns() where database_name = 'build'"
            " and schema_name = ? and table_name = ? and comment is not null",
            [MARTS_SCHEMA, table],
        ).fetchall():
            con.execute(f"comment on column {table}.{column} is '{_quoted(words)}'")
    con.execute("detach build")


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def _write_releases(
    con: duckdb.DuckDBPyConnection,
    release_id: str,
    now: datetime,
    collected_to: datetime | None,
    n_listings: int,
    is_simulated: bool,
    revision: str | None,
) -> None:
    """The `releases` mart: written here, since only publishing knows the release's own id."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in RELEASE_COLUMNS.items())
    con.execute(f"create table releases ({columns})")
    con.execute(f"comment on table releases is '{RELEASES_ABOUT}'")
    for column, (_, about) in RELEASE_COLUMNS.items():
        con.execute(f"comment on column releases.{column} is '{_quoted(about)}'")
    rows = [
        (
            item.release_id,
            item.facts["published_at"],
            item.facts["published_at"][:10],
            item.facts["collected_to"],
            item.facts["n_listings"],
            item.facts["is_simulated"],
            item.facts["schema_version"],
            item.facts["git_revision"],
        )
        for item in reversed(published())
    ]
    own = (
        release_id,
        f"{now:%Y-%m-%d %H:%M:%S}",
        f"{now:%Y-%m-%d}",
        collected_to,
        n_listings,
        is_simulated,
        SCHEMA_VERSION,
        revision,
    )
    con.executemany("insert into releases values (?, ?, ?, ?, ?, ?, ?, ?)", [*rows, own])


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _point_to(release_id: str) -> None:
    pointer = home.releases() / "current"
    fresh = pointer.with_name(f".current.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(release_id + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(pointer)
