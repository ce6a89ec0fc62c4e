"""A crawl from first page to batches: nothing twice, nothing lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scrapers.collect import collect
from scrapers.collect_log import robots_rows, run_rows
from scrapers.errors import PolicyError

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 7, 2, 6, tzinfo=UTC)


class HackerNewsServer:
    """Serves the saved Hacker News pages and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                name = "comments" if "tags=comment" in self.path else "threads"
                known = self.path.startswith("/api/")
                body = (FIXTURES / "hackernews" / f"{name}.json").read_bytes() if known else b""
                self.send_response(200 if known else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def pages(self) -> list[str]:
        return [path for path in self.asked if path != "/robots.txt"]


@pytest.fixture
def server() -> Iterator[HackerNewsServer]:
    serving = HackerNewsServer()
    yield serving
    serving.server.shutdown()
    serving.server.server_close()


def test_a_crawl_gives_the_listings_of_all_pages_once(server: HackerNewsServer, tmp_path: Path) -> None:
    run = collect("hackernews", home=tmp_path, now=NOW, base_url=server.url)
    expected = json.loads((FIXTURES / "hackernews" / "comments.expected.json").read_text())
    (batch,) = run.batches()
    assert batch.listings["native_id"].to_list() == [row["native_id"] for row in expected["listings"]]
    assert batch.listings["observed_at"].unique().to_list() == [NOW]
    assert batch.rejects["reason"].to_list() == [row["reason"] for row in expected["rejects"]]
    assert run.summary.outcome == "complete"
    assert run.summary.n_seen == batch.n_seen == 6
    assert run.summary.listings == {"new": 4}
    assert run.source.is_simulated
    n_asked = len(server.pages())

    (row,) = run_rows(tmp_path)
    assert (row["source"], row["n_listings"], row["is_held"]) == ("simulated_hackernews", 4, False)
    (host,) = robots_rows(tmp_path)
    assert (host["origin"], host["outcome"], host["stay_away_until"]) == (server.url, "none", None)

    later = collect("hackernews", home=tmp_path, now=NOW.replace(hour=9), base_url=server.url)
    assert later.summary == run.summary, "a run that has not landed is handed over again"
    assert [batch.n_seen for batch in later.batches()] == [6]

    later.landed()
    again = collect("hackernews", home=tmp_path, now=NOW, base_url=server.url)
    assert again.is_landed
    assert list(again.batches()) == []
    assert (n_asked, len(server.pages())) == (2, 2), "nothing of it is fetched again"


def test_a_simulated_source_may_not_lie_on_another_machine(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="not on this machine"):
        collect("hackernews", home=tmp_path, now=NOW, base_url="http://192.0.2.1")
