"""Reads CSV and other text tables: strictly, in blocks, with every malformed record counted.

Arrow's CSV parser is the one at hand that is fast, streams, and hands over each record whose number of
fields is wrong instead of dropping or padding it.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from scrapers.errors import ConfigError, GigsError
from scrapers.imports.chunks import LINE, Chunk, Fault, FileOptions, chunk_of, rejects_of, unique_names
from scrapers.imports.files import (
    HEAD_BYTES,
    damaged_gzip,
    decode_head,
    detect_delimiter,
    detect_encoding,
    open_bytes,
)

BLOCK_BYTES = 16 << 20
"""Size of a block; a single record must fit in one."""

PATTERN_BYTES = 256 << 20
"""Largest text that is searched for records as a whole."""

_NO_TEXT = "\U0010fffe"
"""Stands for bytes that are no text in the file's encoding: a code point that no text may hold."""


def _marked(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _NO_TEXT, error.end
    raise error


codecs.register_error("mark", _marked)


class _Text(io.RawIOBase):
    """The file's bytes as UTF-8, bytes that are no text marked, and the quotation marks in them counted."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file, self.n_quotes, self.is_over = file, 0, False
        self.decoder = codecs.getincrementaldecoder(encoding)("mark")
        self.ready = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.is_over and (size < 0 or len(self.ready) < size):
            block = self.file.read(size)
            self.is_over = not block
            text = self.decoder.decode(block, final=self.is_over).encode()
            self.n_quotes += text.count(b'"')
            self.ready += text
        given = self.ready if size < 0 else self.ready[:size]
        self.ready = self.ready[len(given) :]
        return given


def read_csv(path: Path, head: bytes, options: FileOptions, wanted: set[str] | None) -> Iterator[Chunk]:
    """Yield the records of a delimited text file.

    Args:
        path: The file.
        head: Its first megabyte.
        options: What the mapping says of the file.
        wanted: Columns that are needed; null is all.

    Raises:
        GigsError: The file is no table: one endless line, wrong encoding, damaged gzip.
    """
    encoding = options.encoding or detect_encoding(head)
    text = _decoded(path, head, encoding)
    delimiter = options.delimiter or detect_delimiter(text)
    if len(delimiter) > 1:
        raise ConfigError(
            f"{path}: fields are divided by {delimiter!r}, and a CSV delimiter is one character",
            'set format = "pattern" and record = a regular expression with a named group a column',
        )
    if len(head) == HEAD_BYTES and "\n" not in text and "\r" not in text:
        raise GigsError(
            f"{path} has no line break in its first megabyte, so it is no CSV file",
            "check what it is with `gigs inspect`",
        )
    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False), [])
    names = list(options.columns) or unique_names(first)
    if options.columns and len(first) != len(names):
        raise GigsError(
            f"{path} has {len(first)} columns where its mapping names {len(names)}: {', '.join(names)}",
            "check the delimiter with `gigs inspect`, and `columns` in the mapping",
        )
    yield from _read_blocks(path, encoding, delimiter, names, bool(options.columns), wanted)


def _decoded(path: Path, head: bytes, encoding: str) -> str:
    try:
        return decode_head(head, encoding)
    except LookupError:
        raise ConfigError(f"{path}: no encoding is called {encoding!r}", "use a name such as utf-8") from None


def _read_blocks(
    path: Path, encoding: str, delimiter: str, names: list[str], headerless: bool, wanted: set[str] | None
) -> Iterator[Chunk]:
    faults: list[tuple[int, int]] = []  # numbers and widths of rows with too few or too many fields

    def keep(row: Any) -> str:
        faults.append((row.number, row.actual_columns))
        return "skip"

    slots = {f"f{position}": name for position, name in enumerate(names)}
    included = [slot for slot, name in slots.items() if wanted is None or name in wanted] or ["f0"]
    with open_bytes(path) as file:
        source = _Text(file, encoding)
        try:
            blocks = arrow_csv.open_csv(
                source,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK_BYTES, autogenerate_column_names=True
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=included,
                    column_types=dict.fromkeys(slots, pa.string()),
                    strings_can_be_null=False,
                ),
            )
            n_rows, held = 0, None
            for block in blocks:
                numbers, here = _numbered(n_rows, block.num_rows, faults)
                n_rows = numbers[-1] if numbers else n_rows
                if held is not None:
                    yield held
                held = _chunk(block, slots, numbers, here, len(names), headerless)
            if held is not None:
                yield _without_open_quote(held) if source.n_quotes % 2 else held
            yield Chunk(pl.DataFrame(schema={LINE: pl.Int64}), _width_rejects(faults, len(names), headerless))
        except pa.ArrowInvalid as error:
            raise _explained(path, error) from None
        except (EOFError, gzip.BadGzipFile):
            raise damaged_gzip(path) from None


def _numbered(
    before: int, height: int, faults: list[tuple[int, int]]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Row numbers of a block's good rows, and the faulty rows among them, which leave the list of faults.

    The parser works ahead, so the list may hold faults of later blocks already.
    """
    numbers: list[int] = []
    number, taken = before, 0
    while len(numbers) < height:
        number += 1
        if taken < len(faults) and faults[taken][0] == number:
            taken += 1
        else:
            numbers.append(number)
    here = faults[:taken]
    del faults[:taken]
    return numbers, here


def _width_rejects(faults: list[tuple[int, int]], width: int, headerless: bool) -> pl.DataFrame:
    offset = 0 if headerless else 1
    return rejects_of(
        (number - offset, f"{found} fields where the header has {width}") for number, found in faults
    )


def _chunk(
    block: pa.RecordBatch,
    slots: dict[str, str],
    numbers: list[int],
    wrong: list[tuple[int, int]],
    width: int,
    headerless: bool,
) -> Chunk:
    offset = 0 if headerless else 1
    rejects = _width_rejects(wrong, width, headerless)
    frame = pl.DataFrame(block).rename(slots, strict=False)
    frame = frame.insert_column(0, pl.Series(LINE, numbers, dtype=pl.Int64) - offset)
    if not headerless and numbers and numbers[0] == 1:
        frame = frame.slice(1)
    marked = pl.any_horizontal(pl.exclude(LINE).str.contains(_NO_TEXT, literal=True))
    broken = frame.filter(marked)[LINE]
    if len(broken):
        faults = rejects_of((line, "bytes that are not text in the file's encoding") for line in broken)
        return Chunk(frame.filter(~marked), pl.concat([rejects, faults]))
    return Chunk(frame, rejects)


def _without_open_quote(chunk: Chunk) -> Chunk:
    """Reject the last record when it swallowed the rest of the file after a quotation mark."""
    last = chunk.frame.tail(1)
    if last.is_empty() or not any("\n" in str(value) for value in last.row(0)):
        return chunk
    fault = (last[LINE][0], "a quotation mark opens and never closes: the rest of the file is one field")
    return Chunk(chunk.frame.head(-1), pl.concat([chunk.rejects, rejects_of([fault])]))


def _explained(path: Path, error: pa.ArrowInvalid) -> GigsError:
    if "straddling" in str(error):
        return GigsError(
            f"{path} has a record longer than {BLOCK_BYTES >> 20} MB",
            "look for a quotation mark that never closes, or for a file without line breaks",
        )
    return GigsError(f"{path} is no readable CSV: {error}", "check it with `gigs inspect`")


def read_pattern(path: Path, head: bytes, options: FileOptions) -> Iterator[Chunk]:
    """Yield the records of a text by the regular expression of one record.

    This repairs tables whose fields hold unquoted delimiters or line breaks. Text between two records that
    is not blank is a reject.
    """
    if not options.record:
        raise ConfigError(f'{path}: format = "pattern" needs `record`', "write it under [file]")
    with open_bytes(path) as file:
        raw = file.read(PATTERN_BYTES + 1)
    if len(raw) > PATTERN_BYTES:
        raise GigsError(
            f"{path} is larger than {PATTERN_BYTES >> 20} MB, the most that a `record` pattern may search",
            "split it at a record",
        )
    encoding = options.encoding or detect_encoding(head)
    try:
        text = raw.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise GigsError(f"{path} is not valid {encoding}: {error.reason}", "set `encoding`") from None
    records: list[tuple[int, dict[str, Any]]] = []
    faults: list[Fault] = []
    number = end = 0
    for match in re.finditer(options.record, text, re.MULTILINE):
        if text[end : match.start()].strip():
            number += 1
            faults.append((number, "text that is no record of the pattern"))
        number += 1
        end = match.end()
        records.append((number, match.groupdict()))
    if text[end:].strip():
        faults.append((number + 1, "text that is no record of the pattern"))
    yield chunk_of(records, faults)
