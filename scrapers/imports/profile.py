"""What is in an unknown file: its format, and for each column its fill, examples and shapes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from scrapers.errors import GigsError
from scrapers.imports.chunks import LINE, FileOptions
from scrapers.imports.documents import DOCUMENT_BYTES, record_paths
from scrapers.imports.files import (
    decode_head,
    detect_delimiter,
    detect_encoding,
    detect_format,
    open_bytes,
    read_head,
)
from scrapers.imports.guess import Guess, guess_fields
from scrapers.imports.reading import read
from scrapers.imports.shapes import date_shape, list_shape, money_shape
from scrapers.imports.stores import sqlite_tables, unpacked

SAMPLE_ROWS = 20_000
_EXAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a file, judged by its first records.

    Attributes:
        name: As the file has it; `a.b` and `a[].b` for nested JSON.
        filled: Share of records that have a value.
        n_distinct: Distinct values in the sample.
        examples: Some values; they may hold personal data.
        money: Shape of money, or null.
        date: Shape of dates, or null.
        guess: Contract field that it may be, or null.
    """

    name: str
    filled: float
    n_distinct: int
    examples: list[str]
    money: str | None
    date: str | None
    guess: str | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is in a file; the sample and the guess serve the mapping draft."""

    file: str
    options: FileOptions
    n_records: int
    n_malformed: int
    columns: list[Column]
    choices: list[str] = field(default_factory=list)
    sample: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)
    guess: Guess = field(default_factory=lambda: Guess({}), repr=False)


def profile(path: Path) -> Profile:
    """Look into a file and guess what its columns are.

    Raises:
        GigsError: The file cannot be read.
    """
    options, choices = _options(path)
    frames: list[pl.DataFrame] = []
    n_records = n_malformed = n_sampled = 0
    for chunk in read(path, options):
        n_records += chunk.frame.height
        n_malformed += chunk.rejects.height
        if n_sampled < SAMPLE_ROWS:
            frames.append(chunk.frame.head(SAMPLE_ROWS - n_sampled))
            n_sampled += frames[-1].height
    if not n_records:
        raise GigsError(f"{path} holds no record that can be read", "check where it came from")
    sample = _as_text(pl.concat(frames, how="diagonal_relaxed"))
    guess = guess_fields(sample)
    return Profile(
        file=str(path),
        options=options,
        n_records=n_records,
        n_malformed=n_malformed,
        columns=[_column(sample[name], guess) for name in sample.columns],
        choices=choices,
        sample=sample,
        guess=guess,
    )


def _options(path: Path) -> tuple[FileOptions, list[str]]:
    """How the file is to be read, and where else in it records are (`path: n` or table names)."""
    head = read_head(path)
    kind = detect_format(path, head)
    if kind == "sqlite":
        with unpacked(path) as plain:
            con = sqlite3.connect(f"{plain.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            try:
                sizes = {
                    name: con.execute(
                        f'select count(*) from "{name.replace(chr(34), chr(34) * 2)}"'
                    ).fetchone()[0]
                    for name in sqlite_tables(con)
                }
            except sqlite3.DatabaseError as error:
                raise GigsError(
                    f"{path} is a damaged SQLite file ({error})", "get the whole file again"
                ) from None
            finally:
                con.close()
        if not sizes:
            raise GigsError(f"{path} has no table", "check where it came from")
        largest = max(sizes, key=lambda name: sizes[name])
        return FileOptions(format=kind, table=largest), [f"{name}: {n}" for name, n in sizes.items()]
    if kind == "parquet":
        return FileOptions(format=kind), []
    encoding = detect_encoding(head)
    if kind == "csv":
        return FileOptions(
            format=kind, encoding=encoding, delimiter=detect_delimiter(decode_head(head, encoding))
        ), []
    if kind == "json":
        is_array = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
        paths = [] if is_array else _paths(path, encoding)
        return (
            FileOptions(format=kind, encoding=encoding, path=paths[0][0] if paths else None),
            [f"{name}: {n}" for name, n in paths],
        )
    return FileOptions(format=kind, encoding=encoding if kind == "jsonl" else None), []


def _paths(path: Path, encoding: str) -> list[tuple[str, int]]:
    with open_bytes(path) as file:
        raw = file.read(DOCUMENT_BYTES)
    try:
        return record_paths(json.loads(raw.decode(encoding)))
    except (ValueError, RecursionError):
        return []  # reading it says what is wrong


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    columns = []
    for name, kind in frame.schema.items():
        if name == LINE:
            continue
        text = pl.col(name)
        if isinstance(kind, pl.List):
            text = pl.concat_str(pl.lit('["'), text.list.join('", "'), pl.lit('"]'))
        text = text.cast(pl.String).str.strip_chars()
        columns.append(pl.when(~text.is_in(["", "null", "None", "nan", "NaN", "N/A"])).then(text).alias(name))
    return frame.select(columns)


def _column(values: pl.Series, guess: Guess) -> Column:
    said = values.drop_nulls()
    fields = {name: field for field, name in guess.fields.items()}
    fields |= {name: "price_raw" for name in (guess.low, guess.high, *guess.prices) if name}
    return Column(
        name=values.name,
        filled=len(said) / max(len(values), 1),
        n_distinct=said.n_unique(),
        examples=said.unique(maintain_order=True).head(_EXAMPLES).to_list(),
        money=money_shape(said) if not date_shape(said) else None,
        date=date_shape(said),
        guess=fields.get(values.name),
    )


def list_form(values: pl.Series) -> str | None:
    """How the lists of a column are written (see `shapes.list_shape`)."""
    return list_shape(values.drop_nulls())
