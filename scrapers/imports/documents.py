"""Reads JSON: an array of records, records inside a document, and one record a line.

Numbers stay the text that was written: `15.90` is not `15.9`.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from scrapers.errors import ConfigError, GigsError
from scrapers.imports.chunks import LINE, Chunk, Fault, FileOptions, chunk_of, rejects_of
from scrapers.imports.files import detect_encoding, open_bytes

CHUNK_RECORDS = 20_000
WINDOW = 1 << 20
RECORD_CHARS = 16 << 20
"""Longest single record: a longer one is a damaged file."""

DOCUMENT_BYTES = 512 << 20
"""Largest document whose records are not its top level: it is parsed as a whole."""

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)
_SPACE = " \t\r\n"


def flatten(record: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    """One level of columns from a nested record.

    `a.b` is key b of object a; a list of texts is JSON text under its own name; `a[].b` is the JSON list of
    key b over a list of objects.
    """
    flat: dict[str, str | None] = {}
    for key, value in record.items():
        name = prefix + key
        if isinstance(value, dict):
            flat |= flatten(value, f"{name}.")
        elif isinstance(value, list):
            flat |= _flatten_list(name, value)
        else:
            flat[name] = _text(value)
    return flat


def _flatten_list(name: str, values: list[Any]) -> dict[str, str | None]:
    objects = [flatten(value) for value in values if isinstance(value, dict)]
    if not objects:
        texts = [value if isinstance(value, list) else _text(value) for value in values]
        return {name: json.dumps(texts, ensure_ascii=False)}
    keys = dict.fromkeys(key for item in objects for key in item)
    return {
        f"{name}[].{key}": json.dumps([item.get(key) for item in objects], ensure_ascii=False) for key in keys
    }


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_json(path: Path, head: bytes, options: FileOptions) -> Iterator[Chunk]:
    """Yield the records of a JSON array, or of the list at `options.path` in a document.

    Raises:
        GigsError: The JSON is cut off or damaged, or holds no list of records.
    """
    encoding = options.encoding or detect_encoding(head)
    if not options.path and not options.outer and head.lstrip(b"\xef\xbb\xbf" + b" \t\r\n")[:1] == b"[":
        items = _array_items(path, encoding)
        outer: dict[str, str | None] = {}
    else:
        document = _whole_document(path, encoding)
        outer = {name: _text(_at(document, where)) for name, where in options.outer.items()}
        items = enumerate(_records(path, document, options.path), 1)
    while batch := list(islice(items, CHUNK_RECORDS)):
        yield _chunk(batch, outer)


def _chunk(items: list[tuple[int, Any]], outer: dict[str, str | None]) -> Chunk:
    good = [(line, outer | flatten(item)) for line, item in items if isinstance(item, dict) and item]
    faults = [(line, "the record is no JSON object") for line, item in items if not isinstance(item, dict)]
    faults += [(line, "the record is an empty object") for line, item in items if item == {}]
    return chunk_of(good, faults)


def _whole_document(path: Path, encoding: str) -> Any:
    with open_bytes(path) as file:
        raw = file.read(DOCUMENT_BYTES + 1)
    if len(raw) > DOCUMENT_BYTES:
        raise GigsError(
            f"{path} is a JSON document of more than {DOCUMENT_BYTES >> 20} MB with its records inside",
            "take the list out first, for example with `jq -c '.path.to.list[]'`, and import JSON lines",
        )
    try:
        return _DECODER.decode(raw.decode(encoding).lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from None


def _damaged(path: Path, detail: str, line: int | None = None) -> GigsError:
    where = f" in record {line:,}" if line else ""
    return GigsError(
        f"{path} is cut off or no valid JSON{where} ({detail})",
        "get the whole file again; nothing of it was imported",
    )


def _at(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def record_paths(document: Any, prefix: str = "") -> list[tuple[str, int]]:
    """Paths of all lists of objects in a document with their lengths, longest first."""
    found: list[tuple[str, int]] = []
    if isinstance(document, dict):
        for key, value in document.items():
            if isinstance(value, list) and any(isinstance(item, dict) for item in value):
                found.append((prefix + key, len(value)))
            else:
                found += record_paths(value, f"{prefix}{key}.")
    return sorted(found, key=lambda item: -item[1])


def _records(path: Path, document: Any, where: str | None) -> list[Any]:
    if where is None:
        if isinstance(document, list):
            return document
        paths = record_paths(document)
        if not paths:
            return [document]
        where = paths[0][0]
    found = _at(document, where)
    if isinstance(found, dict):  # an XML list of one item that became JSON
        return [found]
    if not isinstance(found, list):
        known = ", ".join(name for name, _ in record_paths(document)) or "none"
        raise GigsError(
            f"{path} has no list of records at {where!r}; lists in it: {known}",
            "set `path` under [file] in the mapping to one of them",
        )
    return found


def _array_items(path: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    """Items of a top-level array, with memory for a window and one item."""
    with open_bytes(path) as file, io.TextIOWrapper(file, encoding) as text:
        try:
            yield from _scan(path, text)
        except UnicodeDecodeError as error:
            raise GigsError(
                f"{path} is not valid {encoding}: {error.reason}", "set `encoding` under [file]"
            ) from None


def _scan(path: Path, text: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    buffer = text.read(WINDOW).lstrip("\ufeff")
    position, line, is_end = buffer.index("[") + 1, 0, False
    while True:
        while position < len(buffer) and buffer[position] in _SPACE + ",":
            position += 1
        if position < len(buffer) and buffer[position] == "]":
            return
        item, stop = _next_item(buffer, position)
        if stop is not None:
            line += 1
            yield line, item
            position = stop
            continue
        if is_end or len(buffer) - position > RECORD_CHARS:
            raise _damaged(path, "the file ends" if is_end else "too long a record", line + 1)
        more = text.read(max(WINDOW, len(buffer) - position))
        is_end = not more
        buffer, position = buffer[position:] + more, 0


def _next_item(buffer: str, position: int) -> tuple[Any, int | None]:
    """The item at a position and where it stops; no stop when it may go on after the buffer."""
    try:
        item, stop = _DECODER.raw_decode(buffer, position)
    except (ValueError, RecursionError):
        return None, None
    while stop < len(buffer) and buffer[stop] in _SPACE:
        stop += 1
    return (item, stop) if stop < len(buffer) and buffer[stop] in ",]" else (None, None)


def read_jsonl(path: Path, head: bytes, options: FileOptions, wanted: set[str] | None) -> Iterator[Chunk]:
    """Yield the records of a file with one JSON object a line; a damaged line is a reject.

    Raises:
        GigsError: A line is absurdly long.
        ConfigError: The options are those of a document.
    """
    if options.path or options.outer:
        raise ConfigError(
            f"{path}: `path` and `outer` belong to JSON documents, not to JSON lines", "remove them"
        )
    encoding = options.encoding or detect_encoding(head)
    plain = encoding in ("utf-8", "ascii") and wanted and not any(set(".[") & set(name) for name in wanted)
    number = 0
    with open_bytes(path) as file:
        source: Any = file if plain else _lines_as_utf8(file, encoding)
        while lines := list(islice(_lines(path, source), CHUNK_RECORDS)):
            chunk = _plain_chunk(lines, number, wanted) if plain and wanted else None
            yield chunk or _parsed_chunk(lines, number)
            number += len(lines)


def _lines_as_utf8(file: Any, encoding: str) -> Any:
    return codecs.EncodedFile(file, "utf-8", encoding, errors="replace")


def _lines(path: Path, file: Any) -> Iterator[bytes]:
    while line := file.readline(RECORD_CHARS):
        if len(line) >= RECORD_CHARS:
            raise GigsError(
                f"{path} has a line longer than {RECORD_CHARS >> 20} MB",
                'JSON lines hold one record a line; a single document is read with format = "json"',
            )
        if stripped := line.strip():
            yield stripped


def _plain_chunk(lines: list[bytes], before: int, wanted: set[str]) -> Chunk | None:
    """A chunk by the vectorised parser; null when a line needs to be looked at by itself."""
    if not all(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return None
    block = b"\n".join(lines)
    try:
        frame = pl.read_ndjson(io.BytesIO(block), schema=dict.fromkeys(sorted(wanted), pl.String))
    except pl.exceptions.PolarsError:
        return None
    if frame.height != len(lines):
        return None
    empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
    frame = frame.drop([name for name in empty if json.dumps(name).encode() not in block])  # no such key
    numbers = pl.Series(LINE, range(before + 1, before + len(lines) + 1), dtype=pl.Int64)
    return Chunk(frame.insert_column(0, numbers) if frame.width else pl.DataFrame([numbers]), rejects_of([]))


def _parsed_chunk(lines: list[bytes], before: int) -> Chunk:
    records: list[tuple[int, dict[str, Any]]] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, before + 1):
        try:
            item = _DECODER.decode(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            faults.append((number, "the line is no valid JSON"))
            continue
        if isinstance(item, dict) and item:
            records.append((number, flatten(item)))
        else:
            faults.append((number, "the record is no JSON object"))
    return chunk_of(records, faults)
