"""Every format yields numbered records, and what cannot be read is counted with its number and reason."""

from __future__ import annotations

import gzip
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from scrapers.imports import delimited
from scrapers.imports.chunks import FileOptions
from scrapers.imports.reading import read


def read_all(path: Path, options: FileOptions | None = None, wanted: set[str] | None = None):
    """All rows of a file (each with its line) and all rejects."""
    chunks = list(read(path, options, wanted))
    rows = [row for chunk in chunks for row in chunk.frame.to_dicts()]
    rejects = [row for chunk in chunks for row in chunk.rejects.to_dicts()]
    return rows, rejects


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiter_is_found_and_quoted_line_breaks_stay_in_their_field(tmp_path, delimiter):
    text = '\ufefftitle,price\n"Logo, two\nversions",100\nSite,"1.200,50"\n'
    if delimiter != ",":
        text = text.replace(",", delimiter).replace(f"1.200{delimiter}50", "1.200,50")
    rows, rejects = read_all(write(tmp_path, "jobs.csv", text))
    assert [row["line"] for row in rows] == [1, 2]
    assert rows[0]["title"].endswith("two\nversions")
    assert rows[1]["price"] == "1.200,50"
    assert rejects == []


def test_csv_rows_of_a_wrong_width_are_rejected_by_their_number(tmp_path):
    text = "title,price\nA,1\nB\n\nC,3\nD,4,5\nE,6\n"
    rows, rejects = read_all(write(tmp_path, "jobs.csv", text))
    assert [(row["line"], row["title"]) for row in rows] == [(1, "A"), (3, "C"), (5, "E")]
    assert [(row["line"], row["reason"]) for row in rejects] == [
        (2, "1 fields where the header has 2"),
        (4, "3 fields where the header has 2"),
    ]


def test_csv_numbers_stay_right_over_many_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 4096)
    lines = [f"title {n},{n}" if n % 97 else f"title {n}" for n in range(1, 5001)]
    rows, rejects = read_all(write(tmp_path, "jobs.csv", "title,n\n" + "\n".join(lines) + "\n"))
    assert all(row["line"] == int(row["n"]) for row in rows)
    assert [row["line"] for row in rejects] == [n for n in range(1, 5001) if not n % 97]
    assert len(rows) + len(rejects) == 5000


def test_csv_bytes_that_are_no_text_reject_their_row_only(tmp_path):
    content = b"title,price\n" + b"good,1\n" * 200_000 + b"b\xff\xfed,2\nlast,3\n"
    rows, rejects = read_all(write(tmp_path, "jobs.csv", content))
    assert len(rows) == 200_001
    assert rows[-1]["title"] == "last"
    assert [row["line"] for row in rejects] == [200_001]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_csv_in_another_encoding_is_read(tmp_path, encoding):
    text = "título;preço\n" + "Tradução de páginas já;€ 1.200\nCriação de anúncios;€ 30\n" * 40
    path = write(tmp_path, "vagas.csv", text.encode(encoding))
    rows, rejects = read_all(path)
    assert rows[0] == {"line": 1, "título": "Tradução de páginas já", "preço": "€ 1.200"}
    assert len(rows) == 80
    assert rejects == []


def test_csv_without_header_takes_the_names_of_the_mapping(tmp_path):
    path = write(tmp_path, "jobs.csv", "Logo,Hace 2 horas\nWeb,Ayer\n")
    rows, _ = read_all(path, FileOptions(columns=("title", "posted")))
    assert [row["posted"] for row in rows] == ["Hace 2 horas", "Ayer"]
    assert rows[0]["line"] == 1


def test_repeated_and_blank_headers_get_names(tmp_path):
    rows, _ = read_all(write(tmp_path, "jobs.csv", "price,,price,line\n1,2,3,4\n"))
    assert rows == [{"line": 1, "price": "1", "column_2": "2", "price_2": "3", "line_2": "4"}]


def test_a_quotation_mark_that_never_closes_is_no_record(tmp_path):
    text = 'title,price\nA,1\n"B,2\nC,3\nD,4\n'
    rows, rejects = read_all(write(tmp_path, "jobs.csv", text))
    assert [row["title"] for row in rows] == ["A"]
    assert len(rejects) == 1
    only = 'title,price\nA,1\nB,"2\nC,3\n'
    rows, rejects = read_all(write(tmp_path, "jobs.csv", only))
    assert [row["title"] for row in rows] == ["A"]
    assert "never closes" in rejects[0]["reason"]


def test_a_record_pattern_repairs_unquoted_line_breaks(tmp_path):
    text = "Logo||Ayer||Un logo\nsencillo||USD 50\nbroken line\nWeb||Hace 2 horas||Una web||USD 100\n"
    pattern = r"^(?P<title>[^\n|]+)\|\|(?P<posted>[^|]*)\|\|(?P<text>[^|]*)\|\|(?P<price>[^|\n]*)$"
    rows, rejects = read_all(write(tmp_path, "t.csv", text), FileOptions(format="pattern", record=pattern))
    assert [(row["line"], row["title"], row["text"]) for row in rows] == [
        (1, "Logo", "Un logo\nsencillo"),
        (3, "Web", "Una web"),
    ]
    assert [row["line"] for row in rejects] == [2]


def test_json_array_keeps_numbers_as_written_and_flattens(tmp_path):
    text = """[
      {"title": "A", "price": 15.90, "id": 1924668321186704618, "ok": true, "none": null,
       "job": {"pay": {"min": "8.0"}}, "skills": [{"label": "SEO"}, {"label": "Ads"}], "tags": ["x", 2]},
      "no object", {}, {"title": "B"}]"""
    rows, rejects = read_all(write(tmp_path, "jobs.json", text))
    assert rows[0] == {
        "line": 1, "title": "A", "price": "15.90", "id": "1924668321186704618", "ok": "true", "none": None,
        "job.pay.min": "8.0", "skills[].label": '["SEO", "Ads"]', "tags": '["x", "2"]',
    }  # fmt: skip
    assert rows[1]["line"] == 4
    assert [row["line"] for row in rejects] == [2, 3]


def test_json_larger_than_a_window_is_read_item_by_item(tmp_path):
    items = [{"n": n, "text": "ü" * (n % 7) * 1000} for n in range(2000)]
    rows, _ = read_all(write(tmp_path, "jobs.json", json.dumps(items, ensure_ascii=False)))
    assert [row["n"] for row in rows] == [str(n) for n in range(2000)]


def test_json_records_inside_a_document_with_values_beside_them(tmp_path):
    document = {"meta": {"crawled": "2024-05-13"}, "rss": {"item": [{"t": "A"}, {"t": "B"}]}}
    options = FileOptions(path="rss.item", outer={"crawled": "meta.crawled"})
    rows, _ = read_all(write(tmp_path, "feed.json", json.dumps(document)), options)
    assert rows == [
        {"line": 1, "crawled": "2024-05-13", "t": "A"},
        {"line": 2, "crawled": "2024-05-13", "t": "B"},
    ]
    single = {"rss": {"item": {"t": "A"}}}
    rows, _ = read_all(write(tmp_path, "one.json", json.dumps(single)), FileOptions(path="rss.item"))
    assert rows == [{"line": 1, "t": "A"}]


LINES = (
    '{"title": "A", "price": 1}\n\n{"title": "B", "extra": {"x": [1]}}\n{"title": "C"\n[1]\n{"title": "D"}\n'
)


@pytest.mark.parametrize("wanted", [None, {"title", "price"}])
def test_json_lines_reject_a_damaged_line_and_go_on(tmp_path, wanted):
    rows, rejects = read_all(write(tmp_path, "jobs.jsonl", LINES), FileOptions(format="jsonl"), wanted)
    assert [(row["line"], row["title"]) for row in rows] == [(1, "A"), (2, "B"), (5, "D")]
    assert [row["line"] for row in rejects] == [3, 4]


def test_json_lines_by_the_fast_way_equal_those_by_the_slow_way(tmp_path):
    lines = "\n".join(json.dumps({"t": f"ü{n}", "n": n, "l": ["a", str(n)], "x": None}) for n in range(500))
    path = write(tmp_path, "jobs.jsonl", lines)
    fast, _ = read_all(path, None, {"t", "n", "l"})
    slow, _ = read_all(path)
    assert [{key: row[key] for key in ("line", "t", "n", "l")} for row in slow] == [
        {key: row[key] for key in ("line", "t", "n", "l")} for row in fast
    ]


def test_parquet_numbers_times_structs_and_lists(tmp_path):
    frame = pl.DataFrame(
        {
            "id": [1, 2],
            "price": [300.0, None],
            "at": [datetime(2024, 1, 2, 3, tzinfo=UTC), None],
            "tags": [["a", "b"], []],
            "pay": [{"min": 1, "of": {"x": "y"}}, {"min": None, "of": {"x": None}}],
        }
    )
    frame.write_parquet(tmp_path / "jobs.parquet")
    rows, _ = read_all(tmp_path / "jobs.parquet")
    assert rows[0] == {
        "line": 1, "id": "1", "price": "300.0", "at": datetime(2024, 1, 2, 3, tzinfo=UTC), "tags": ["a", "b"],
        "pay.min": "1", "pay.of.x": "y",
    }  # fmt: skip
    narrow, _ = read_all(tmp_path / "jobs.parquet", None, {"pay.min"})
    assert [set(row) for row in narrow] == [{"line", "pay.min", "pay.of.x"}] * 2


def make_sqlite(path: Path) -> Path:
    con = sqlite3.connect(path)
    con.execute("create table jobs (id integer, title text, price real)")
    con.execute("create table other (x text)")
    con.executemany("insert into jobs values (?, ?, ?)", [(1, "A", 1.5), (2, None, None)])
    con.execute("insert into jobs values (3, cast(x'fffe41' as text), 2)")
    con.commit()
    con.close()
    return path


def test_sqlite_table_and_query(tmp_path):
    path = make_sqlite(tmp_path / "jobs.db")
    rows, rejects = read_all(path, FileOptions(table="jobs"))
    assert rows == [
        {"line": 1, "id": "1", "title": "A", "price": "1.5"},
        {"line": 2, "id": "2", "title": None, "price": None},
    ]
    assert [row["line"] for row in rejects] == [3]
    rows, _ = read_all(path, FileOptions(query="select id as n from jobs order by id desc"))
    assert [row["n"] for row in rows] == ["3", "2", "1"]


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs</title>
<item><title>Logo &amp; brand</title><link>https://m.example/jobs/1</link><guid>1</guid>
<pubDate>Mon, 13 May 2024 09:46:45 +0000</pubDate>
<description>&lt;b&gt;Budget&lt;/b&gt;: $50</description></item>
<item><title>Site</title><link>https://m.example/jobs/2</link><category>Web</category></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Logo</title><id>tag:1</id>
<updated>2024-05-13T09:00:00Z</updated>
<content type="html">&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>"""


def test_feeds(tmp_path):
    rows, rejects = read_all(write(tmp_path, "feed.xml", RSS))
    assert [row["title"] for row in rows] == ["Logo & brand", "Site"]
    assert rows[0]["published"] == "Mon, 13 May 2024 09:46:45 +0000"
    assert rows[0]["summary"] == "<b>Budget</b>: $50"
    assert rows[1]["tags[].term"] == '["Web"]'
    assert rejects == []
    rows, _ = read_all(write(tmp_path, "atom.xml", ATOM))
    assert rows[0]["content[].value"] == '["<p>Text</p>"]'


def test_a_feed_that_breaks_off_keeps_its_records_and_says_so(tmp_path):
    cut = RSS[: RSS.index("<category>")]
    rows, rejects = read_all(write(tmp_path, "feed.xml", cut))
    assert rows[0]["title"] == "Logo & brand"
    assert "not well-formed" in rejects[0]["reason"]


def test_gzip_of_every_format_reads_like_the_plain_file(tmp_path):
    (tmp_path / "plain").mkdir()
    pl.DataFrame({"t": ["A", "B"]}).write_parquet(tmp_path / "plain" / "p.parquet")
    make_sqlite(tmp_path / "plain" / "s.db")
    write(tmp_path / "plain", "c.csv", "t,u\nA,1\nB,2\n")
    write(tmp_path / "plain", "j.json", '[{"t": "A"}]')
    write(tmp_path / "plain", "l.jsonl", '{"t": "A"}\n{"t": "B"}\n')
    write(tmp_path / "plain", "f.xml", RSS)
    files = sorted((tmp_path / "plain").iterdir())
    assert len(files) == 6
    for file in files:
        packed = write(tmp_path, f"{file.name}.gz", gzip.compress(file.read_bytes()))
        options = FileOptions(table="jobs") if file.suffix == ".db" else None
        assert read_all(packed, options) == read_all(file, options)


def test_parts_of_the_file_name_become_columns(tmp_path):
    path = write(tmp_path, "workana_2021-01-29.csv", "t,u\nA,1\n")
    rows, _ = read_all(path, FileOptions(name=r"(?P<site>[a-z]+)_(?P<day>[\d-]+)"))
    assert rows[0] | {"site": "workana", "day": "2021-01-29"} == rows[0]
