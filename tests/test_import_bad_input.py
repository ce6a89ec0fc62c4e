"""Files that cannot be imported: each gives one clear error with the next step, and no traceback."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import polars as pl
import pytest

from scrapers.errors import ConfigError, GigsError
from scrapers.imports import delimited, documents
from scrapers.imports.chunks import FileOptions
from scrapers.imports.convert import batches
from scrapers.imports.mapping import Mapping
from scrapers.imports.reading import read

MAPPING = '[source]\nplatform = "m"\n[fields]\ntitle = "title"\nprice_raw = "price"\n'


def parquet() -> bytes:
    target = io.BytesIO()
    pl.DataFrame({"title": ["A"] * 1000}).write_parquet(target)
    return target.getvalue()


BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "binary": (b"\x01\x02\x00\x03" * 100, "binary file"),
    "zip": (b"PK\x03\x04rest", "ZIP archive or an Excel file"),
    "pdf": (b"%PDF-1.7 ...", "a PDF"),
    "zstd": (b"\x28\xb5\x2f\xfd1234", "compressed with zstd"),
    "web page": (b"<!DOCTYPE html><html><body>Jobs</body></html>", "web page"),
    "other xml": (b"<?xml version='1.0'?><jobs><job/></jobs>", "no RSS or Atom feed"),
    "truncated json": (b'[{"title": "A"}, {"title": "B', "cut off or no valid JSON in record 2"),
    "truncated document": (b'{"jobs": [{"title": "A"}, {"ti', "cut off or no valid JSON"),
    "truncated gzip": (gzip.compress(b"title,price\n" + b"A,1\n" * 50_000)[:-40], "cut-off gzip"),
    "damaged gzip": (b"\x1f\x8bnothing of the kind", "cut-off gzip"),
    "damaged parquet": (parquet()[:-30], "damaged Parquet"),
    "damaged sqlite": (b"SQLite format 3\0" + b"\x07" * 4000, "damaged SQLite"),
    "only a header": (b"title,price\n", "holds no record"),
    "vanished column": (b"title,cost\nA,1\n", "lacks: price"),
    "entity bomb": (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        "defines XML entities",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_says_what_it_is_and_what_to_do(tmp_path: Path, kind: str):
    content, expected = BAD[kind]
    path = tmp_path / "input"
    path.write_bytes(content)
    with pytest.raises(GigsError) as caught:
        list(batches(path, Mapping("m", MAPPING, "m.toml").for_file("input")))
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert caught.value.exit_code == 1


def test_a_folder_or_nothing_at_all(tmp_path):
    with pytest.raises(GigsError, match="is a folder"):
        list(read(tmp_path))
    with pytest.raises(GigsError, match="does not exist"):
        list(read(tmp_path / "nothing"))


def test_a_vanished_column_names_the_columns_that_are_there(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("title;cost\nA;1\n")
    with pytest.raises(GigsError, match="Columns in it: title, cost"):
        list(batches(path, Mapping("m", MAPPING, "m.toml").for_file("jobs.csv")))


def test_the_wrong_delimiter_shows_the_header_as_one_column(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("title;price\nA;1\n")
    plan = Mapping("m", MAPPING + '[file]\ndelimiter = ","\n', "m.toml").for_file("jobs.csv")
    with pytest.raises(GigsError, match="Columns in it: title;price"):
        list(batches(path, plan))


def test_the_wrong_encoding_is_said(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_bytes("title,price\nCafé,1\n".encode("cp1252"))
    (chunk,) = [c for c in read(path, FileOptions(format="csv", encoding="euc_jp")) if c.rejects.height]
    assert chunk.rejects["reason"].to_list() == ["bytes that are not text in the file's encoding"]
    path.write_bytes('[{"title": "Café"}]'.encode("cp1252"))
    with pytest.raises(GigsError, match="not valid utf-8"):
        list(read(path, FileOptions(format="json", encoding="utf-8")))
    with pytest.raises(ConfigError, match="no encoding is called"):
        list(read(path, FileOptions(format="csv", encoding="utf-5")))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    path = tmp_path / "jobs.csv"
    path.write_bytes(b"x" * (3 << 20))
    with pytest.raises(GigsError, match="no line break in its first megabyte"):
        list(read(path, FileOptions(format="csv")))
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1 << 16)
    path.write_bytes(b"title,price\nA,1\n" + b"x" * (1 << 20) + b",2\n")
    with pytest.raises(GigsError, match="has a record longer than"):
        list(read(path))
    monkeypatch.setattr(documents, "RECORD_CHARS", 1 << 16)
    path.write_bytes(b'{"title": "A"}\n{"title": "' + b"x" * (1 << 20) + b'"}\n')
    with pytest.raises(GigsError, match="has a line longer than"):
        list(read(path, FileOptions(format="jsonl")))
    monkeypatch.setattr(documents, "WINDOW", 1 << 12)
    path.write_bytes(b'[{"title": "' + b"x" * (1 << 20) + b'"}]')
    with pytest.raises(GigsError, match="too long a record"):
        list(read(path))


def test_a_named_format_must_be_the_file_s(tmp_path):
    path = tmp_path / "jobs.db"
    path.write_text("title,price\nA,1\n")
    for kind in ("sqlite", "parquet", "feed"):
        with pytest.raises(GigsError, match=f"is no {kind} file"):
            list(read(path, FileOptions(format=kind)))


def test_a_headerless_mapping_on_a_file_of_another_width(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("A,1,2\n")
    with pytest.raises(GigsError, match="has 3 columns where its mapping names 2"):
        list(read(path, FileOptions(columns=("title", "price"))))


def test_records_that_are_not_where_the_mapping_says(tmp_path):
    path = tmp_path / "jobs.json"
    path.write_text('{"data": {"jobs": [{"title": "A"}]}}')
    with pytest.raises(GigsError, match=r"no list of records at 'jobs'; lists in it: data\.jobs"):
        list(read(path, FileOptions(path="jobs")))


def test_json_lines_hold_no_records_inside_records(tmp_path):
    path = tmp_path / "jobs.jsonl"
    path.write_text('{"title": "A"}\n{"title": "B"}\n')
    with pytest.raises(ConfigError, match="not to JSON lines"):
        list(read(path, FileOptions(path="jobs")))


def test_deep_nesting_is_no_crash(tmp_path):
    path = tmp_path / "jobs.json"
    path.write_text('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]")
    with pytest.raises(GigsError, match="no valid JSON"):
        list(read(path))
    path.write_text('{"a": 1}\n{"a": ' + "[" * 100_000 + "]" * 100_000 + "}\n")
    chunks = list(read(path, FileOptions(format="jsonl")))
    assert sum(chunk.rejects.height for chunk in chunks) == 1
