"""The gate on the wire: a server counts what really arrives, and Scrapy as it comes fails the same test."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from pathlib import Path

import pytest

from gate_server import Answer, CountingServer, crawl

ROBOTS = b"User-agent: *\nDisallow: /private\nAllow: /private/open$\n\nUser-agent: otherbot\nDisallow: /\n"


def forbidden(path: str) -> bool:
    return path.startswith("/private") and path != "/private/open"


def mixed_site(path: str, _: int) -> Answer:
    if path == "/robots.txt":
        return Answer(headers={"Content-Type": "text/plain"}, body=ROBOTS, after=0.3)
    return Answer(after=0.001)


def mixed_urls(base: str, n: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    kinds = ("/private/{}", "/private?{}", "/p%72ivate/{}", "/open/{}", "/list?page={}")
    return [base + rng.choice(kinds).format(number) for number in range(n)]


@pytest.mark.parametrize(
    ("parallel", "n"),
    [
        (32, 120),
        pytest.param(1, 3_334, marks=pytest.mark.slow),
        pytest.param(8, 3_333, marks=pytest.mark.slow),
        pytest.param(32, 3_333, marks=pytest.mark.slow),
    ],
)
def test_no_forbidden_page_is_fetched_and_robots_is_read_once(tmp_path: Path, parallel: int, n: int) -> None:
    with CountingServer(mixed_site) as server:
        urls = mixed_urls(server.url, n, seed=parallel)
        found = crawl(tmp_path, urls, root=server.url, limits={"parallel": parallel})
    asked = Counter(server.paths())
    allowed = sum("ivate" not in url for url in urls)
    print(f"{n} requests at {parallel}: {sum(forbidden(path) for path in asked)} forbidden fetched")
    assert asked.pop("/robots.txt") == 1
    assert [path for path in asked if "ivate" in path] == []
    assert sum(asked.values()) == allowed == found["states"]["done"]
    assert found["states"]["refused"] == n - allowed
    assert server.most_busy <= parallel


def test_scrapy_as_it_comes_fetches_forbidden_pages(tmp_path: Path) -> None:
    with CountingServer(mixed_site) as server:
        urls = [f"{server.url}/private/{number}" for number in range(20)]
        crawl(tmp_path, urls, limits={"parallel": 8}, stock=True)
        stock = [path for path in server.paths() if forbidden(path)]
    print(f"20 forbidden pages: Scrapy as it comes fetched {len(stock)} (the control of the test above)")
    assert len(stock) > 0


@pytest.mark.slow
@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_robots_file_that_cannot_be_read_forbids_everything(tmp_path: Path, status: int) -> None:
    with CountingServer(lambda path, _: Answer(status=status if path == "/robots.txt" else 200)) as server:
        found = crawl(tmp_path, [f"{server.url}/a", f"{server.url}/b"], root=server.url)
    assert set(server.paths()) == {"/robots.txt"}
    assert found["states"] == {"waiting": 2}


@pytest.mark.slow
def test_a_missing_robots_file_allows(tmp_path: Path) -> None:
    with CountingServer(lambda path, _: Answer(status=404 if path == "/robots.txt" else 200)) as server:
        found = crawl(tmp_path, [f"{server.url}/a"], root=server.url)
    assert found["states"] == {"done": 1}


@pytest.mark.slow
def test_retry_after_is_waited_for_and_then_the_page_is_fetched(tmp_path: Path) -> None:
    def storm(path: str, before: int) -> Answer:
        if path == "/robots.txt":
            return Answer(status=404)
        is_refused = path == "/1" and before == 1
        return Answer(status=429, headers={"Retry-After": "2"}) if is_refused else Answer()

    with CountingServer(storm) as server:
        found = crawl(tmp_path, [f"{server.url}/{n}" for n in range(1, 6)], root=server.url)
    refused_at = server.asked[1][0]
    assert min(at for at, _ in server.asked[2:]) - refused_at >= 2
    assert found["states"] == {"done": 5}


@pytest.mark.slow
def test_three_refusals_in_a_row_open_the_circuit_and_the_run_stays_open(tmp_path: Path) -> None:
    def closed(path: str, _: int) -> Answer:
        return Answer(status=404) if path == "/robots.txt" else Answer(status=403)

    with CountingServer(closed) as server:
        urls = [f"{server.url}/{n}" for n in range(50)]
        found = crawl(tmp_path, urls, root=server.url)
        first = len(server.asked)
        crawl(tmp_path, urls, root=server.url)
    assert first == 1 + 3
    assert len(server.asked) == first, "an open circuit outlives the process"
    assert found["states"] == {"refused": 3, "waiting": 47}


@pytest.mark.slow
def test_redirects_to_other_hosts_and_long_chains_are_not_followed(tmp_path: Path) -> None:
    def leading_on(path: str, _: int) -> Answer:
        if path == "/robots.txt":
            return Answer(status=404)
        if path.startswith("/chain"):
            return Answer(status=302, headers={"Location": path + "x"})
        if path == "/out":
            return Answer(status=302, headers={"Location": f"http://localhost:{server.port}/caught"})
        if path == "/meta":
            return Answer(status=301, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
        return Answer(status=307, headers={"Location": "/end"}) if path == "/start" else Answer()

    with CountingServer(leading_on) as server:
        urls = [f"{server.url}/{name}" for name in ("chain", "out", "meta", "start")]
        found = crawl(tmp_path, urls, root=server.url)
    assert sum(path.startswith("/chain") for path in server.paths()) == 6
    assert "/caught" not in server.paths()
    assert found["states"] == {"refused": 3, "done": 1}
    assert found["reasons"] == {
        "offsite: the address lies outside the source's hosts": 2,
        "redirect: more than 5 redirects": 1,
    }


def test_bodies_beyond_the_limit_are_refused_before_they_fill_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 1)

    def heavy(path: str, _: int) -> Answer:
        if path == "/robots.txt":
            return Answer(status=404)
        packed = {"Content-Encoding": "gzip"}
        return {
            "/bomb": Answer(headers=packed, body=bomb),
            "/large": Answer(body=bytes(6 * 1024 * 1024)),
            "/br": Answer(headers={"Content-Encoding": "br"}, body=b"x"),
            "/cut": Answer(headers=packed, body=gzip.compress(b"{}" * 500)[:-9]),
            "/fine": Answer(headers=packed, body=gzip.compress(b"{}")),
        }[path]

    with CountingServer(heavy) as server:
        urls = [f"{server.url}/{name}" for name in ("bomb", "large", "br", "cut", "fine")]
        found = crawl(tmp_path, urls, root=server.url)
    assert found["states"] == {"refused": 4, "done": 1}
    assert sorted(found["reasons"]) == [
        "encoding: the answer is compressed in a way that was not asked for",
        "encoding: the compressed answer is cut short",
        "too large: more than 5 MiB",
        "too large: more than 5 MiB after decompression",
    ]


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    def slow(path: str, _: int) -> Answer:
        return Answer(status=404) if path == "/robots.txt" else Answer(after=5)

    with CountingServer(slow) as server:
        found = crawl(tmp_path, [f"{server.url}/slow"], root=server.url, limits={"seconds": 1, "breaker": 9})
    assert found["states"] == {"failed": 1}


@pytest.mark.slow
def test_the_page_budget_of_a_day_is_kept_between_runs(tmp_path: Path) -> None:
    def site(path: str, _: int) -> Answer:
        return Answer(status=404) if path == "/robots.txt" else Answer()

    with CountingServer(site) as server:
        urls = [f"{server.url}/{n}" for n in range(10)]
        first = crawl(tmp_path, urls, root=server.url, limits={"page_budget": 4})
        second = crawl(tmp_path, urls, root=server.url, limits={"page_budget": 6})
    assert first["states"] == {"done": 4, "waiting": 6}
    assert second["states"] == {"done": 6, "waiting": 4}
