"""One way to read any file: `read` finds the format and yields chunks."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from scrapers.errors import GigsError
from scrapers.imports.chunks import Chunk, FileOptions
from scrapers.imports.delimited import read_csv, read_pattern
from scrapers.imports.documents import read_json, read_jsonl
from scrapers.imports.feeds import read_feed
from scrapers.imports.files import damaged_gzip, detect_format, read_head
from scrapers.imports.stores import read_parquet, read_sqlite


def read(path: Path, options: FileOptions | None = None, wanted: set[str] | None = None) -> Iterator[Chunk]:
    """Yield a file's records in chunks, in their order; memory holds one chunk (feeds and nested JSON whole).

    Args:
        path: The file; gzip is unpacked on the way.
        options: How to read it; what is not said is found out.
        wanted: Columns that are needed, so that others need not be read; null is all.

    Raises:
        GigsError: The file cannot be read, with what to do about it.
        ConfigError: The options do not fit together.
    """
    options = options or FileOptions()
    head = read_head(path)
    named = {key: value for key, value in _named_parts(path, options).items() if value is not None}
    try:
        for chunk in _chunks(path, head, options, wanted):
            added = [pl.lit(value).alias(key) for key, value in named.items()]
            yield Chunk(chunk.frame.with_columns(added), chunk.rejects)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise damaged_gzip(path) from None
    except MemoryError:
        raise GigsError(f"{path} does not fit in memory", "split it, or convert it to Parquet") from None


def _named_parts(path: Path, options: FileOptions) -> dict[str, str | None]:
    found = re.search(options.name, path.name) if options.name else None
    return found.groupdict() if found else {}


def _chunks(path: Path, head: bytes, options: FileOptions, wanted: set[str] | None) -> Iterator[Chunk]:
    kind = options.format or detect_format(path, head)
    if kind in ("parquet", "sqlite", "feed") and kind != detect_format(path, head):
        raise GigsError(f"{path} is no {kind} file", "see what it is with `gigs inspect`")
    if kind == "csv":
        return read_csv(path, head, options, wanted)
    if kind == "pattern":
        return read_pattern(path, head, options)
    if kind == "json":
        return read_json(path, head, options)
    if kind == "jsonl":
        return read_jsonl(path, head, options, wanted)
    if kind == "parquet":
        return read_parquet(path, wanted)
    return read_sqlite(path, options) if kind == "sqlite" else read_feed(path)
