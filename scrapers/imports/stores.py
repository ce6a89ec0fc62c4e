"""Reads tables that know their columns: Parquet and SQLite."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from scrapers.errors import ConfigError, GigsError
from scrapers.imports.chunks import LINE, Chunk, Fault, FileOptions, chunk_of, rejects_of, unique_names
from scrapers.imports.files import open_bytes

PARQUET_ROWS = 131_072
SQLITE_ROWS = 20_000
_ESCAPED = "surrogateescape"


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or an unpacked copy of it that lives as long as the context."""
    with open_bytes(path) as file:
        if not hasattr(file, "mtime"):
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="gigs-") as folder:
            copy = Path(folder) / path.stem
            with copy.open("wb") as target:
                shutil.copyfileobj(file, target, 1 << 20)
            yield copy


def read_parquet(path: Path, wanted: set[str] | None) -> Iterator[Chunk]:
    """Yield the rows of a Parquet file: texts as they are, numbers and times as text, lists as lists.

    Raises:
        GigsError: The file is damaged.
    """
    number = 0
    try:
        with unpacked(path) as plain, pq.ParquetFile(plain) as file:
            tops = file.schema_arrow.names
            needed = [name for name in tops if wanted is None or _is_wanted(name, wanted)] or tops[:1]
            for batch in file.iter_batches(PARQUET_ROWS, columns=needed):
                frame = _as_texts(pl.DataFrame(pa.Table.from_batches([batch])))
                lines = pl.Series(LINE, range(number + 1, number + frame.height + 1), dtype=pl.Int64)
                number += frame.height
                frame = frame.rename({LINE: f"{LINE}_2"}, strict=False)
                yield Chunk(frame.insert_column(0, lines), rejects_of([]))
    except (pa.ArrowException, UnicodeError, OverflowError, pl.exceptions.PolarsError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise GigsError(f"{path} is a damaged Parquet file ({error})", "get the whole file again") from None


def _is_wanted(name: str, wanted: set[str]) -> bool:
    return any(item == name or item.startswith((f"{name}.", f"{name}[")) for item in wanted)


def _as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    while structs := [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)]:
        frame = frame.with_columns(
            pl.col(name).struct.rename_fields([f"{name}.{part.name}" for part in _parts(frame, name)])
            for name in structs
        ).unnest(structs)
    texts, lists, times = [], [], []
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.List):
            lists.append(pl.col(name).cast(pl.List(pl.String), strict=False))
        elif kind == pl.Datetime:
            times.append(name)
        elif kind != pl.String:
            texts.append(pl.col(name).cast(pl.String, strict=False))
    return frame.with_columns(*texts, *lists)


def _parts(frame: pl.DataFrame, name: str) -> list[pl.Field]:
    kind = frame.schema[name]
    return list(kind.fields) if isinstance(kind, pl.Struct) else []


def read_sqlite(path: Path, options: FileOptions) -> Iterator[Chunk]:
    """Yield the rows of a table or query of an SQLite file, which is opened read-only.

    Raises:
        GigsError: The file is damaged, or the table is not in it.
        ConfigError: The query is wrong.
    """
    with unpacked(path) as plain:
        con = sqlite3.connect(f"{plain.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            con.text_factory = lambda raw: raw.decode("utf-8", _ESCAPED)
            yield from _rows(path, con, options)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and options.query:
                raise ConfigError(
                    f"{path}: the query fails: {error}", "correct `query` under [file]"
                ) from None
            raise GigsError(
                f"{path} is a damaged SQLite file ({error})", "get the whole file again"
            ) from None
        finally:
            con.close()


def sqlite_tables(con: sqlite3.Connection) -> list[str]:
    """The tables and views of a database, without SQLite's own."""
    rows = con.execute("select name from sqlite_master where type in ('table', 'view') order by name")
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def _rows(path: Path, con: sqlite3.Connection, options: FileOptions) -> Iterator[Chunk]:
    tables = sqlite_tables(con)
    table = options.table or (tables[0] if len(tables) == 1 else None)
    if not options.query and table not in tables:
        asked = f"no table {table!r}" if table else "several tables or none"
        raise GigsError(
            f"{path} has {asked}; tables in it: {', '.join(tables) or 'none'}",
            "set `table` under [file] in the mapping",
        )
    quoted = (table or "").replace('"', '""')
    rows = con.execute(options.query or f'select * from "{quoted}"')
    names = unique_names(item[0] for item in rows.description)
    number = 0
    while batch := rows.fetchmany(SQLITE_ROWS):
        records: list[tuple[int, dict[str, Any]]] = []
        faults: list[Fault] = []
        for row in batch:
            number += 1
            try:
                records.append((number, dict(zip(names, map(_plain, row), strict=True))))
            except UnicodeError:
                faults.append((number, "bytes that are not UTF-8 text"))
        yield chunk_of(records, faults)


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    text = value.decode("utf-8") if isinstance(value, bytes) else str(value)
    text.encode("utf-8")  # raises for bytes that the text factory escaped
    return text
