"""A crawl that is killed anywhere continues: nothing lost, nothing twice, no finished page fetched again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate_server import PROJECT, Answer, CountingServer
from scrapers.archive import files, read
from scrapers.collect import accept, collect, held
from scrapers.journal import Journal
from scrapers.page import Page

NOW = datetime(2026, 7, 2, 6, tzinfo=UTC)
LAST = 12
COLLECT = """
import sys
from datetime import datetime
from pathlib import Path
from scrapers.collect import collect
collect("guru", home=Path(sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]), base_url=sys.argv[3])
"""


def record(number: int) -> str:
    return (
        f'<li><div class="record jobRecord" data-gid="{number}"><h2 class="jobRecord__title">'
        f'<a href="/jobs/job/{number}">Job number {number}</a></h2>'
        '<div class="jobRecord__budget">Fixed Price | $250-$500</div></div></li>'
    )


def listed(path: str, after: float = 0.0) -> Answer:
    """Twelve pages of ten jobs each; the thirteenth holds none."""
    if path == "/robots.txt":
        return Answer(status=404)
    number = int(path.rstrip("/").rpartition("/")[2]) if "/pg/" in path else 1
    jobs = [record(3_000_000 + 10 * number + n) for n in range(10)] if number <= LAST else []
    body = f'<html><body><ul class="module_list">{"".join(jobs)}</ul></body></html>'
    return Answer(body=body.encode(), after=after)


def ids(home: Path, url: str, now: datetime = NOW) -> list[str]:
    run = collect("guru", home=home, now=now, base_url=url)
    assert run.summary.outcome == "complete"
    return [native_id for batch in run.batches() for native_id in batch.listings["native_id"]]


def killed_at(home: Path, server: CountingServer, n_pages: int, seconds: float, whole: bool) -> None:
    """Start a collection and kill it some time after its n-th request: the parent alone, or its crawl too."""
    url, goal = server.url, len(server.asked) + n_pages
    child = subprocess.Popen(
        [sys.executable, "-c", COLLECT, str(home), NOW.isoformat(), url], cwd=PROJECT, start_new_session=True
    )
    while len(server.asked) < goal and child.poll() is None:
        time.sleep(0.005)
    time.sleep(seconds)
    if whole:
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()


def check_kills(home: Path, moments: list[tuple[int, float]]) -> tuple[int, int]:
    with CountingServer(lambda path, _: listed(path, after=0.05)) as server:
        for number, (n_pages, seconds) in enumerate(moments):
            killed_at(home, server, n_pages, seconds, whole=bool(number % 2))
        found = ids(home, server.url)
        asked = Counter(path for path in server.paths() if path != "/robots.txt")
    expected = [str(3_000_000 + 10 * page + n) for page in range(1, LAST + 1) for n in range(10)]
    assert found == expected
    archived = Counter(
        page.path for file in files(home / "archive") for page in read(file) if isinstance(page, Page)
    )
    assert all(archived[path] >= 1 for path in asked), "what was fetched and acted on is in the archive"
    again = sum(n - 1 for n in asked.values())
    assert again <= len(moments), "only the page in flight at a kill may be asked for again"
    return len(moments), again


def test_a_crawl_killed_a_few_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    n_kills, again = check_kills(tmp_path, [(3, 0.02), (2, 0.05)])
    print(f"{n_kills} kills: 0 listings lost, 0 doubled, {again} pages asked for again")


@pytest.mark.slow
def test_a_crawl_killed_at_50_random_moments_loses_and_doubles_nothing(tmp_path: Path) -> None:
    rng = random.Random(50)
    n_kills = total = 0
    for round_number in range(10):
        moments = [(rng.randint(0, 3), rng.uniform(0.0, 0.12)) for _ in range(5)]
        kills, again = check_kills(tmp_path / str(round_number), moments)
        n_kills, total = n_kills + kills, total + again
    print(f"{n_kills} kills: 0 listings lost, 0 doubled, {total} pages asked for again")
    assert n_kills == 50


def test_the_next_day_sees_new_changed_and_unchanged_listings(tmp_path: Path) -> None:
    day = {"now": 1}

    def site(path: str, _: int) -> Answer:
        answer = listed(path)
        if day["now"] == 2 and path == "/d/jobs/":
            body = answer.body.replace(b"Job number 3000010", b"Job with another title")
            return Answer(body=body.replace(b"3000011", b"3999999"))
        return answer

    with CountingServer(site) as server:
        collect("guru", home=tmp_path, now=NOW, base_url=server.url).landed()
        day["now"] = 2
        second = collect("guru", home=tmp_path, now=NOW + timedelta(days=1), base_url=server.url)
    assert second.summary.listings == {"new": 1, "changed": 1, "same": 118}


@pytest.mark.slow
def test_pages_that_are_unchanged_are_not_sent_again(tmp_path: Path) -> None:
    import http.server

    asked: list[tuple[str, str | None]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            tag = self.headers.get("If-None-Match")
            asked.append((self.path, tag))
            said = listed(self.path)
            status = 304 if tag == '"one"' and said.status == 200 else said.status
            body = b"" if status == 304 else said.body
            self.send_response(status)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    import threading

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        collect("guru", home=tmp_path, now=NOW, base_url=url).landed()
        second = collect("guru", home=tmp_path, now=NOW + timedelta(days=1), base_url=url)
        server.shutdown()
    assert second.summary.pages == {"unmodified": 1}, "an unchanged first page has no next page to follow"
    assert second.summary.listings == {"same": 10}
    assert list(second.batches()) == []


@pytest.mark.slow
def test_a_run_that_ended_partial_leaves_its_pages_to_the_next(tmp_path: Path) -> None:
    state = {"broken": True}

    def site(path: str, _: int) -> Answer:
        is_closed = state["broken"] and "/pg/5/" in path
        return Answer(status=503, headers={"Retry-After": "3600"}) if is_closed else listed(path)

    with CountingServer(site) as server:
        first = collect("guru", home=tmp_path, now=NOW, base_url=server.url)
        first.landed()
        state["broken"] = False
        (tmp_path / "collecting" / "hosts.sqlite").unlink()  # the host's hour is over
        second = collect("guru", home=tmp_path, now=NOW + timedelta(hours=2), base_url=server.url)
        paths = server.paths()
    assert first.summary.outcome == "partial"
    assert first.summary.pages["waiting"] == 1
    assert second.summary.outcome == "complete"
    assert second.summary.listings["new"] == 10 * (LAST - 4)
    assert json.dumps(paths).count("/pg/5/") == 2


def test_a_silent_source_is_held_until_somebody_says_that_it_is_real(tmp_path: Path) -> None:
    def silent(path: str, _: int) -> Answer:
        return Answer(status=404) if path == "/robots.txt" else Answer(body=b'<ul class="module_list"></ul>')

    with CountingServer(silent) as server:
        run = collect("guru", home=tmp_path, now=NOW, base_url=server.url)
    assert [alarm["kind"] for alarm in run.summary.alarms] == ["silent zero"]
    assert run.summary.is_held
    (waiting,) = held("simulated_guru", tmp_path, spider="guru")
    accept(waiting, NOW, "the market is closed for the holidays")
    assert held("simulated_guru", tmp_path, spider="guru") == []
    journal = Journal(tmp_path / "collecting" / "journal.sqlite")
    (mark,) = journal.breaks("simulated_guru")
    assert (mark["run_id"], mark["why"]) == (run.summary.run_id, "the market is closed for the holidays")
    unlanded = journal.unlanded("simulated_guru")
    assert unlanded is not None and unlanded["run_id"] == run.summary.run_id
    journal.close()
