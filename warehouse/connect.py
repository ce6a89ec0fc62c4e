"""The two ways to open DuckDB: writing the private build file, and reading the current release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from scrapers.errors import GigsError, LockedError
from warehouse import home
from warehouse.releases import current


@contextmanager
def working() -> Iterator[None]:
    """Hold the data folder for one run that writes. The lock ends with its process, even when killed.

    Raises:
        LockedError: Another run holds it (exit code 8).
    """
    home.home().mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.lock_file(), timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        raise LockedError(
            f"another run is working on {home.home()}",
            "wait until it has ended (`gigs status` shows it), then run this again",
        ) from None


def is_working() -> bool:
    """Whether a run holds the data folder at this moment."""
    if not home.lock_file().exists():
        return False
    lock = FileLock(home.lock_file(), timeout=0)
    try:
        with lock:
            return False
    except Timeout:
        return True


@contextmanager
def writing() -> Iterator[duckdb.DuckDBPyConnection]:
    """The build file, open for writing; call it inside `working()`.

    Raises:
        GigsError: The file is damaged or held by another process.
    """
    path = home.build_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    con = _open(path, read_only=False)
    try:
        yield con
    finally:
        con.close()


@contextmanager
def reading(release: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current release (or a named one), open for reading; short-lived, so that a new one is followed.

    Raises:
        NoReleaseError: Nothing has been published yet.
        GigsError: The release is damaged.
    """
    con = _open(current(release).file, read_only=True)
    try:
        con.execute("set timezone = 'UTC'")
        yield con
    finally:
        con.close()


def _open(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise LockedError(
                f"{path} is open in another process",
                "close the program that holds it (an SQL client?) and run this again",
            ) from None
        raise GigsError(f"{path} cannot be opened: {error}", "`gigs doctor` says what is damaged") from None
    except duckdb.Error as error:
        raise GigsError(f"{path} is damaged: {error}", "`gigs doctor` says how to rebuild it") from None
