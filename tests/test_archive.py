"""Archives: what was fetched can be read again, whoever made the file, and leaves when its time is over."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scrapers.archive import Archive, Exchange, Skipped, expire, files, read, rewrite
from scrapers.captures import captures, plan
from scrapers.errors import UsageError
from scrapers.fixtures import fixtures
from scrapers.forget import forget, forget_in_journal
from scrapers.journal import Journal, Outcome
from scrapers.listing import Listing
from scrapers.page import Page
from scrapers.replay import Replay, Replayed
from scrapers.spiders.base import spider_class

FIXTURES = Path(__file__).parent / "fixtures"
AT = datetime(2026, 7, 2, 6, tzinfo=UTC)


def exchange(url: str, body: bytes, **headers: str) -> Exchange:
    return Exchange(url, 200, list(headers.items()), body, AT)


def written(folder: Path, *exchanges: Exchange, source: str = "hackernews") -> Path:
    archive = Archive(folder, "hackernews-20260702T060000Z", source, "gig-observatory")
    for item in exchanges:
        archive.write(item)
    archive.close()
    return files(folder)[-1]


def third_party(path: Path, *pages: tuple[str, bytes, dict[str, str]]) -> Path:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, body, headers in pages:
            http = StatusAndHeaders("200 OK", list(headers.items()), protocol="HTTP/1.1")
            date = {"WARC-Date": "2024-03-01T00:00:00Z"}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict=date
                )
            )
    return path


def pages(path: Path) -> list[Page]:
    return [page for page in read(path) if isinstance(page, Page)]


def test_a_response_is_read_as_it_was_sent_and_decoded(tmp_path: Path) -> None:
    packed = exchange("https://x.example/a", gzip.compress(b'{"a": 1}'), **{"Content-Encoding": "gzip"})
    cookie = exchange(
        "https://x.example/b", b"plain", **{"Set-Cookie": "who=me", "Transfer-Encoding": "chunked"}
    )
    path = written(tmp_path, packed, cookie)
    first, second = pages(path)
    assert (first.url, first.body, first.fetched_at) == ("https://x.example/a", b'{"a": 1}', AT)
    assert (second.body, second.status) == (b"plain", 200)
    assert "set-cookie" not in second.headers
    assert b"who=me" not in gzip.decompress(path.read_bytes())


def test_an_archive_that_was_cut_short_gives_what_it_holds(tmp_path: Path) -> None:
    whole = written(tmp_path / "a", *[exchange(f"https://x.example/{n}", b"x" * 2_000) for n in range(20)])
    cut = tmp_path / "cut.warc.gz"
    data = whole.read_bytes()
    for share in (0.3, 0.61, 0.97):
        cut.write_bytes(data[: int(len(data) * share)])
        found = pages(cut)
        assert 0 < len(found) < 20
        assert all(page.body == b"x" * 2_000 for page in found)


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive at all", gzip.compress(b"neither is this", mtime=0)],  # a time would be in its name
)
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no WARC record"):
        list(read(path))


def test_a_bomb_in_an_archive_is_left_out(tmp_path: Path) -> None:
    bomb = exchange(
        "https://x.example/a", gzip.compress(bytes(60_000_000), 1), **{"Content-Encoding": "gzip"}
    )
    (found,) = read(written(tmp_path, bomb))
    assert isinstance(found, Skipped)
    assert "after decompression" in found.reason


def test_archives_of_others_are_read_with_undone_or_kept_encodings(tmp_path: Path) -> None:
    page = (FIXTURES / "guru" / "jobs.html").read_bytes()
    path = third_party(
        tmp_path / "cc.warc.gz",
        ("https://www.guru.com/d/jobs/", page, {"Content-Encoding": "gzip"}),
        ("https://guru.com/d/jobs/", gzip.compress(page), {"Content-Encoding": "gzip"}),
        ("https://elsewhere.example/", b"x", {}),
    )
    found: dict[str, Replayed] = {}
    reading = Replay([path])
    batches = [batch for _, batch in reading.batches(found, tmp_path)]
    assert sum(batch.listings.height for batch in batches) == 4
    assert found["guru"].pages == {"done": 2}
    assert reading.skipped == {"the page belongs to no source": 1}
    assert {str(at.date()) for batch in batches for at in batch.listings["observed_at"]} == {"2024-03-01"}


def test_a_replay_of_all_saved_pages_gives_the_accepted_rows(tmp_path: Path) -> None:
    saved = [item for item in fixtures(FIXTURES) if item.source == "upwork"]
    path = third_party(tmp_path / "up.warc.gz", *[(item.meta["url"], item.page().body, {}) for item in saved])
    found: dict[str, Replayed] = {}
    batches = [batch for _, batch in Replay([path]).batches(found, tmp_path)]
    expected = [row["native_id"] for item in saved for row in item.expected()["listings"]]
    assert sorted(id_ for batch in batches for id_ in batch.listings["native_id"]) == sorted(expected)
    assert found["upwork"].refusals == {"shell: the job is not shown (status 403 in the page)": 1}


def test_archives_expire_by_their_runs_time_and_leave_a_tombstone(tmp_path: Path) -> None:
    path = written(tmp_path, exchange("https://x.example/a", b"x"))
    assert expire(tmp_path, 30, AT + timedelta(days=29)) == []
    assert expire(tmp_path, 30, AT + timedelta(days=30), dry_run=True) == [path]
    assert expire(tmp_path, 30, AT + timedelta(days=30)) == [path]
    assert files(tmp_path) == []
    (stone,) = [json.loads(line) for line in (tmp_path / "tombstones.jsonl").read_text().splitlines()]
    assert (stone["file"], stone["kept_days"], len(stone["sha256"])) == (path.name, 30, 64)


def test_erasure_rewrites_an_archive_without_the_response(tmp_path: Path) -> None:
    packed = exchange("https://x.example/b", gzip.compress(b"secret"), **{"Content-Encoding": "gzip"})
    path = written(tmp_path, exchange("https://x.example/a", b"keep"), packed)
    assert rewrite(path, lambda _, body: b"nothing" not in body) == 0
    assert rewrite(path, lambda _, body: b"secret" not in body) == 1
    assert [page.body for page in pages(path)] == [b"keep"]
    assert files(tmp_path) == [path]


def test_a_backfill_takes_each_page_once_a_month_and_each_content_once() -> None:
    def cdxj(stamp: str, digest: str, path: str = "/d/jobs/", **more: str) -> str:
        said = {"url": f"https://www.guru.com{path}", "status": "200", "digest": digest} | more
        return f"com,guru){path} {stamp}000000 {json.dumps(said)}"

    index = [
        cdxj("20240105", "A", filename="f.warc.gz", offset="10", length="99"),
        cdxj("20240120", "B"),
        cdxj("20240205", "A"),
        cdxj("20240301", "C", status="503"),
        "com,guru)/d/jobs 20240401000000 https://www.guru.com/d/jobs/ text/html 200 D - - 77 5 g.warc.gz",
        "com,other)/ 20240401000000 https://other.example/ text/html 200 E 1",
        "not a capture",
        cdxj("20240405", "F", path="/robots.txt"),
    ]
    chosen = plan(captures(index), spider_class("guru")())
    assert [(capture.at.month, capture.digest) for capture in chosen] == [(1, "A"), (4, "D")]
    assert (chosen[0].file, chosen[0].offset, chosen[0].length) == ("f.warc.gz", 10, 99)
    assert (chosen[1].file, chosen[1].offset, chosen[1].length) == ("g.warc.gz", 5, 77)


def test_a_listing_is_forgotten_with_every_page_that_holds_it(tmp_path: Path) -> None:
    page = (FIXTURES / "hackernews" / "comments.json").read_bytes()
    threads = (FIXTURES / "hackernews" / "threads.json").read_bytes()
    url = "https://hn.algolia.com/api/v1/search_by_date?tags="
    path = written(
        tmp_path / "archive" / "hackernews",
        exchange(f"{url}comment,story_1", page),
        exchange(f"{url}comment,story_2", page.replace(b"fixture_b", b"fixture_z")),
        exchange(f"{url}story", threads),
    )
    assert forget(tmp_path, lambda platform, native_id, author: author == "nobody") == 0
    assert forget(tmp_path, lambda platform, native_id, author: author == "fixture_b") == 1
    assert [b"fixture_b" in page.body for page in pages(path)] == [False, False]


def test_the_journal_forgets_what_was_seen_and_what_has_not_landed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "collecting" / "journal.sqlite")
    journal.begin("run", "guru", AT, {})
    journal.add_pages("run", ["a", "b"])
    kept = Listing(platform="guru", native_id="1", side="request", title="Kept", author_id="joe")
    gone = Listing(platform="guru", native_id="2", side="request", title="Secret words", author_id="jane")
    for url, items in (("a", [kept, gone]), ("b", [kept])):
        journal.commit("run", "guru", url, Outcome("done", etag="x", listings=list(enumerate(items, 1))))
    journal.close()
    n_removed = forget_in_journal(tmp_path, lambda platform, native_id, author: author == "jane", [])
    assert n_removed == 2  # where it waits to land, and where it was seen
    journal = Journal(tmp_path / "collecting" / "journal.sqlite")
    left = [item["native_id"] for page in journal.payloads("run") for _, item in page["listings"]]
    assert left == ["1", "1"]
    assert (journal.validator("guru", "a"), journal.validator("guru", "b")["etag"]) == (None, "x")
    assert set(journal.register.known("guru", [kept, gone])) == {"1"}
    assert forget_in_journal(tmp_path, lambda *told: False, [("guru", "1")]) == 3
    assert forget_in_journal(tmp_path / "nothing", lambda *told: True, []) == 0
