"""A local server that counts what it is asked, and a crawl against it: shared by the gate's wire tests."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Answer:
    """What the server says to one request."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"rows": []}'
    after: float = 0.0


class CountingServer:
    """Answers each path by a function and keeps path and time of every request.

    Args:
        answer: Gives the answer to a path and the number of requests before it.
    """

    def __init__(self, answer: Callable[[str, int], Answer]) -> None:
        self.asked: list[tuple[float, str]] = []
        self.busy = 0
        self.most_busy = 0
        lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # head and body leave together

            def do_GET(self) -> None:
                with lock:
                    before = len(outer.asked)
                    outer.asked.append((time.monotonic(), self.path))
                    outer.busy += 1
                    outer.most_busy = max(outer.most_busy, outer.busy)
                said = answer(self.path, before)
                time.sleep(said.after)
                with lock:
                    outer.busy -= 1
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                return  # a client that hangs up is part of these tests

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> CountingServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [path for _, path in self.asked]


def crawl(
    home: Path,
    urls: list[str],
    *,
    root: str | None = None,
    hosts: list[str] | None = None,
    limits: dict[str, Any] | None = None,
    stock: bool = False,
    run_id: str = "wire-1",
) -> dict[str, dict[str, int]]:
    """Fetch addresses in a crawl of its own process.

    Args:
        home: Data folder.
        urls: The first pages.
        root: The simulated source; null for the rules of a real one.
        hosts: Hosts that a real source's pages lie on.
        limits: Bounds of the gate.
        stock: True fetches with Scrapy as it comes (`ROBOTSTXT_OBEY` on) and no gate: the control.
        run_id: The run.

    Returns:
        Pages by state and by reason.
    """
    order = {"home": str(home), "urls": urls, "root": root, "hosts": hosts or [], "limits": limits or {}}
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), json.dumps(order | {"stock": stock, "run_id": run_id})],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, int]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _in_child(order: dict[str, Any]) -> None:
    from scrapers.crawl import run
    from scrapers.page import Note
    from scrapers.plan import CrawlPlan
    from scrapers.source import Source
    from scrapers.spiders.base import SourceSpider

    class WireSpider(SourceSpider):
        source = Source(name="wire", title="Wire", platform="wire", mode="open")
        root = f"http://{order['hosts'][0]}" if order["hosts"] else "http://unused.example"
        hosts = tuple(order["hosts"])

        def starts(self, window: object) -> list[str]:
            return list(order["urls"])

        def parse(self, page: Any) -> Any:
            yield Note("mark", "read")

    plan = CrawlPlan(
        spider="wire",
        source="wire",
        platform="wire",
        run_id=order["run_id"],
        home=order["home"],
        since="2026-01-01T00:00:00+00:00",
        until="2026-01-02T00:00:00+00:00",
        root=order["root"],
        limits=order["limits"],
    )
    run(plan, WireSpider(root=order["root"]))
    from scrapers.journal import Journal

    journal = Journal(Path(order["home"]) / "collecting" / "journal.sqlite")
    reasons = {
        row["why"]: row["n"]
        for row in journal.db.execute(
            "select kind || ': ' || reason as why, count(*) n from pages"
            " where run_id = ? and reason is not null group by 1",
            (order["run_id"],),
        )
    }
    sys.stdout.write(json.dumps({"states": journal.page_counts(order["run_id"]), "reasons": reasons}) + "\n")


def _in_stock_child(order: dict[str, Any]) -> None:
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Stock(scrapy.Spider):
        name = "stock"

        async def start(self) -> Any:
            for url in order["urls"]:
                yield scrapy.Request(url)

        def parse(self, response: Any) -> None:
            return None

    process = AsyncCrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "LOG_LEVEL": "CRITICAL",
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": order["limits"].get("parallel", 1),
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
            "USER_AGENT": "gig-observatory",
        }
    )
    process.crawl(Stock)
    process.start()
    sys.stdout.write(json.dumps({"states": {}, "reasons": {}}) + "\n")


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    (_in_stock_child if wanted["stock"] else _in_child)(wanted)
