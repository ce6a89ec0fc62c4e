"""Speed of collecting: spiders beside a spider that parses nothing, memory over many pages, and replay.

Run by `make bench`, or `python tests/bench_collect.py [PAGES] [MEMORY_PAGES]`. Figures are ratios taken
side by side on this machine: the same pages, server, gate, archive and journal; only the parser differs.
Memory and processor time are those of the crawl and its reader together.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gate_server import PROJECT, Answer, CountingServer

CARDS = 50


SENTENCE = "We need a person who can do this piece of work well. "
SENTENCES = {"freelancer": 54, "weworkremotely": 90, "guru": 8}
"""Sentences that make a listing as long as in real answers (3.2 KB, 5.3 KB), for replay; crawls have 8."""
SCRIPTS = "<script>" + "var settings = {'a': 1, 'b': [2, 3]};" * 4000 + "</script>"
"""What a real page of HTML carries beside its listings."""


def card(kind: str, number: int, sentences: int = 8) -> Any:
    title, text = f"Job number {number}", SENTENCE * sentences
    if kind == "freelancer":
        return {
            "id": number,
            "title": title,
            "description": text,
            "type": "fixed",
            "jobs": [{"id": 3, "name": "PHP", "category": {"id": 1, "name": "Websites"}}],
            "budget": {"minimum": 30, "maximum": 250},
            "currency": {"code": "USD"},
            "bid_stats": {"bid_count": 4, "bid_avg": 120.5},
            "time_submitted": 1_782_900_000,
            "seo_url": f"php/job-{number}",
        }
    if kind == "weworkremotely":
        return (
            f"<item><title>Acme: {title}</title><region>Anywhere</region><category>Design</category>"
            f"<type>Contract</type><description>&lt;p&gt;{text}&lt;/p&gt;</description>"
            f"<pubDate>Wed, 01 Jul 2026 10:15:00 +0000</pubDate>"
            f"<link>https://weworkremotely.com/remote-jobs/job-{number}</link></item>"
        )
    return (
        f'<li><div class="record jobRecord" data-gid="{number}"><h2 class="jobRecord__title">'
        f'<a href="/jobs/job/{number}&amp;SearchUrl=x">{title}</a></h2><div class="jobRecord__meta">'
        f"<strong>2 hrs ago</strong><strong>4</strong></div>"
        f'<div class="jobRecord__budget">Fixed Price | $250-$500</div><p class="jobRecord__desc">{text}</p>'
        f'<a class="skillsList__skill">PHP</a><p class="freelancerAvatar__subText"><strong>Kenya</strong></p>'
        f"</div></li>"
    )


def body(kind: str, page: int, *, lifelike: bool = False) -> bytes:
    sentences = SENTENCES[kind] if lifelike else 8
    cards = [card(kind, page * CARDS + n + 1_000_000, sentences) for n in range(CARDS)]
    if kind == "freelancer":
        return json.dumps({"result": {"projects": cards}}).encode()
    if kind == "weworkremotely":
        return f'<rss version="2.0"><channel>{"".join(cards)}</channel></rss>'.encode()
    head = SCRIPTS if lifelike else ""
    return (
        f'<html><head>{head}</head><body><ul class="module_list">{"".join(cards)}</ul></body></html>'.encode()
    )


@contextlib.contextmanager
def serving(kind: str) -> Iterator[CountingServer]:
    """A server in which every page is another page of the source."""
    ready = [body(kind, number) for number in range(20)]

    def answer(path: str, before: int) -> Answer:
        return Answer(status=404) if path == "/robots.txt" else Answer(body=ready[before % len(ready)])

    with CountingServer(answer) as server:
        yield server


def crawl(kind: str, n_pages: int, *, parses: bool) -> dict[str, float]:
    """Pages a second and memory of one crawl in a process of its own."""
    with serving(kind) as server, tempfile.TemporaryDirectory() as home:
        order = {"kind": kind, "pages": n_pages, "root": server.url, "home": home, "parses": parses}
        done = subprocess.run(
            [sys.executable, str(Path(__file__)), "--child", json.dumps(order)],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            check=True,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def child(order: dict[str, Any]) -> None:
    """One crawl: the source's own parser, or one that does nothing."""
    from multiprocessing import active_children

    from scrapers import crawl
    from scrapers.page import Note
    from scrapers.plan import CrawlPlan
    from scrapers.spiders.base import spider_class

    base = spider_class(order["kind"])
    marks: list[tuple[int, float, float, float]] = []
    count = 0

    class Measured(base):  # type: ignore[misc,valid-type]
        def starts(self, window: object) -> list[str]:
            return [f"{self.root}/page/{number}" for number in range(order["pages"])]

        def parse(self, page: Any) -> Any:
            return super().parse(page) if order["parses"] else [Note("mark", "read")]

    class Counted(crawl.Crawl):
        def _was_read(self, url: str, error: BaseException | None) -> None:
            nonlocal count
            count += 1
            if count % max(1, order["pages"] // 20) == 0:
                used = [_used(pid) for pid in ("self", *(child.pid for child in active_children()))]
                marks.append((count, time.perf_counter(), *map(sum, zip(*used, strict=True))))
            super()._was_read(url, error)

    plan = CrawlPlan(
        spider=order["kind"],
        source="bench",
        platform="bench",
        run_id="bench",
        home=order["home"],
        since="2026-01-01T00:00:00+00:00",
        until="2026-01-02T00:00:00+00:00",
        root=order["root"],
    )
    crawl.Crawl = Counted  # type: ignore[misc]
    crawl.run(plan, Measured(root=order["root"]))
    first, last = marks[len(marks) // 4], marks[-1]
    told = {
        "pages_per_second": (last[0] - first[0]) / (last[1] - first[1]),
        "cpu_ms": (last[3] - first[3]) / (last[0] - first[0]) * 1000,
        "mb_per_1000_pages": (last[2] - first[2]) / (last[0] - first[0]) * 1000,
        "peak_mb": max(mark[2] for mark in marks),
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _used(pid: int | str) -> tuple[float, float]:
    """Resident memory (MB) and processor time (s) of a process; Linux only."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def replay(kind: str, url: str, n_pages: int) -> float:
    """Megabytes of uncompressed pages that one core replays in a second."""
    from datetime import UTC, datetime

    from scrapers.archive import Archive, Exchange, files
    from scrapers.replay import Replay, Replayed

    pages = [body(kind, number, lifelike=True) for number in range(20)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        archive = Archive(home / "archive", "bench", kind, "bench")
        for number in range(n_pages):
            at = datetime(2026, 7, 1, tzinfo=UTC)
            archive.write(Exchange(url, 200, [("Content-Type", "text/html")], pages[number % 20], at))
        archive.close()
        reading = Replay(files(home / "archive"))
        found: dict[str, Replayed] = {}
        started = time.process_time()
        for _ in reading.batches(found, home):
            pass
        return reading.n_bytes / 1e6 / (time.process_time() - started)


def main(n_pages: int, memory_pages: int) -> None:
    """Print the table."""
    say = sys.stdout.write
    for kind, form in (("freelancer", "JSON"), ("weworkremotely", "RSS"), ("guru", "HTML")):
        pairs = [[crawl(kind, n_pages, parses=parses) for parses in (True, False)] for _ in range(2)]
        parsing, idle = [max(pair[side]["pages_per_second"] for pair in pairs) for side in (0, 1)]
        cpu = [min(pair[side]["cpu_ms"] for pair in pairs) for side in (0, 1)]
        say(
            f"{form:5} {parsing:7.1f} pages/s of {CARDS} listings,"
            f" {parsing / idle:.0%} of what a spider that parses nothing does ({idle:.1f});"
            f" processor time a page {cpu[0]:.1f} ms and {cpu[1]:.1f} ms\n"
        )
    for kind, url in (
        ("freelancer", "https://www.freelancer.com/api/projects/0.1/projects/active/"),
        ("weworkremotely", "https://weworkremotely.com/remote-jobs.rss"),
        ("guru", "https://www.guru.com/d/jobs/"),
    ):
        say(f"replay {kind}: {replay(kind, url, 400):.0f} MB/s of uncompressed pages on one core\n")
    if memory_pages:
        long = crawl("freelancer", memory_pages, parses=True)
        say(
            f"memory over {memory_pages:,} pages: {long['mb_per_1000_pages']:+.2f} MB per 1,000 pages,"
            f" peak {long['peak_mb']:.0f} MB\n"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(json.loads(sys.argv[2]))
    else:
        main(*[int(value) for value in (sys.argv[1:] + ["600", "3000"][len(sys.argv) - 1 :])])
