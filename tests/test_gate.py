"""The gate's decisions with a clock of its own: waits of hours are checked in milliseconds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from scrapers.gate.addresses import AddressBook
from scrapers.gate.clock import Clock
from scrapers.gate.gate import Gate
from scrapers.gate.hosts import HostStore
from scrapers.gate.limits import Limits, decoded, retry_after
from scrapers.gate.refusal import GateRefusal

START = datetime(2026, 7, 1, 12, tzinfo=UTC)
ROOT = "https://host.example"


class SetClock(Clock):
    """Sleeping moves it forward at once."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class World:
    """A gate, its clock, and a server that is a function."""

    def __init__(
        self,
        serve: Callable[[str], Response],
        limits: Limits | None = None,
        store: HostStore | None = None,
        clock: SetClock | None = None,
    ) -> None:
        async def lookup(host: str) -> list[str]:
            return ["10.0.0.8"] if host.startswith("inside") else ["8.8.8.8"]

        self.clock = clock or SetClock()
        self.store = store or HostStore(None)
        self.asked: list[tuple[datetime, str]] = []
        self.serve = serve
        self.gate = Gate(
            "gig-observatory",
            ["host.example", "inside.example"],
            limits=limits or Limits(),
            store=self.store,
            book=AddressBook(lookup),
            clock=self.clock,
        )

    async def transport(self, request: Any) -> Response:
        self.asked.append((self.clock.now(), request.url))
        await asyncio.sleep(0)
        return self.serve(request.url)

    def get(self, *paths: str) -> list[Any]:
        """Fetch pages together; a refusal stands in its page's place."""

        async def together() -> list[Any]:
            fetches = [self.gate.fetch(Request(ROOT + path), self.transport) for path in paths]
            return await asyncio.gather(*fetches, return_exceptions=True)

        return asyncio.run(together())

    def pages(self) -> list[str]:
        return [url for _, url in self.asked if not url.endswith("/robots.txt")]


def site(robots: bytes = b"", robots_status: int = 200, **page: Any) -> Callable[[str], Response]:
    def serve(url: str) -> Response:
        if url.endswith("/robots.txt"):
            return Response(url, status=robots_status, body=robots)
        return Response(url, **page)

    return serve


@pytest.mark.parametrize(
    ("status", "n_pages"),
    [
        *((200, 1), (204, 0), (301, 0), (400, 1), (401, 0), (403, 0), (404, 1), (410, 1), (418, 1), (429, 0)),
        *((500, 0), (502, 0), (503, 0), (504, 0), (599, 0)),
    ],
)
def test_the_status_of_robots_txt_decides(status: int, n_pages: int) -> None:
    world = World(site(robots_status=status))
    (answer,) = world.get("/a")
    assert len(world.pages()) == n_pages
    if not n_pages:
        assert isinstance(answer, GateRefusal)
        assert (answer.kind, answer.is_final) == ("robots", False)


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), OSError("dns"), ValueError("tls")])
def test_robots_txt_that_fails_to_come_forbids(error: Exception) -> None:
    def serve(url: str) -> Response:
        raise error

    world = World(serve)
    (answer,) = world.get("/a")
    assert isinstance(answer, GateRefusal)
    assert world.pages() == []


def test_robots_txt_is_fetched_once_however_many_wait_and_kept_for_a_day() -> None:
    world = World(site(b"User-agent: *\nDisallow: /no"))
    answers = world.get(*[f"/no/{n}" for n in range(200)], "/yes")
    assert len(world.asked) == 2
    assert sum(isinstance(answer, GateRefusal) for answer in answers) == 200
    later = World(world.serve, store=world.store, clock=world.clock)
    later.get("/yes")
    assert len(later.asked) == 1
    later.clock.at += timedelta(hours=24)
    last = World(world.serve, store=world.store, clock=world.clock)
    last.get("/yes")
    assert [url for _, url in last.asked] == [f"{ROOT}/robots.txt", f"{ROOT}/yes"]


def test_five_redirects_of_robots_txt_are_followed_and_a_sixth_forbids() -> None:
    def serve(n_hops: int) -> Callable[[str], Response]:
        def answer(url: str) -> Response:
            if "robots" not in url:
                return Response(url)
            n = int(url.rpartition("?")[2]) if "?" in url else 0
            if n == n_hops:
                return Response(url, body=b"User-agent: *\nDisallow: /no")
            return Response(url, status=301, headers={"Location": f"/robots.txt?{n + 1}"})

        return answer

    assert not isinstance(World(serve(5)).get("/yes")[0], Exception)
    assert isinstance(World(serve(5)).get("/no")[0], GateRefusal)
    assert isinstance(World(serve(6)).get("/yes")[0], GateRefusal)


@pytest.mark.parametrize(("robots", "delay", "pause"), [(b"", 2.0, 2.0), (b"", 5.0, 5.0)])
def test_two_requests_to_a_host_are_at_least_the_delay_apart(
    robots: bytes, delay: float, pause: float
) -> None:
    world = World(site(robots), Limits(delay=delay))
    world.get(*[f"/{n}" for n in range(10)])
    times = [at for at, _ in world.asked]
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert len(gaps) == 10
    assert min(gaps) == pause


def test_crawl_delay_slows_down() -> None:
    world = World(site(b"User-agent: *\nCrawl-delay: 11"))
    world.get("/1", "/2", "/3")
    times = [at for at, url in world.asked if "robots" not in url]
    assert [(b - a).total_seconds() for a, b in pairwise(times)] == [11.0, 11.0]


class Storm:
    """A server that refuses at random, in both forms of Retry-After, with a clock that may be wrong."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.skew = timedelta(seconds=self.rng.choice([0, 0, -90, 3600]))
        self.not_before = START
        self.n_asked = self.n_early = 0
        self.world = World(site(b""), Limits(patience=10**9, breaker=10**9, page_budget=10**9))

    def serve(self, url: str) -> Response:
        now = self.world.clock.now()
        self.n_asked += 1
        self.n_early += now < self.not_before
        if self.rng.random() < 0.5:
            return Response(url)
        wait = self.rng.randint(1, 7_200)
        self.not_before = max(self.not_before, now + timedelta(seconds=wait - 1))  # dates have whole seconds
        headers = {"Retry-After": str(wait)}
        if self.rng.random() < 0.5:
            theirs = (now + self.skew).replace(microsecond=0)
            until = theirs + timedelta(seconds=wait)
            headers = {
                "Retry-After": format_datetime(until, usegmt=True),
                "Date": format_datetime(theirs, usegmt=True),
            }
        return Response(url, status=self.rng.choice([429, 503]), headers=headers)


def test_retry_after_is_never_violated_in_a_storm() -> None:
    storms = [Storm(seed) for seed in range(40)]
    for storm in storms:
        storm.world.get("/first")
        storm.world.serve = storm.serve
        storm.world.get(*[f"/{n}" for n in range(30)])
    n_asked, n_early = sum(storm.n_asked for storm in storms), sum(storm.n_early for storm in storms)
    print(f"Retry-After: {n_asked} requests checked, {n_early} too early")
    assert (n_asked, n_early) == (1_200, 0)


def test_a_wait_beyond_patience_ends_the_run_and_outlives_it() -> None:
    world = World(site(b"", status=503, headers={"Retry-After": "7200"}))
    answers = world.get("/1", "/2", "/3")
    assert len(world.pages()) == 1
    assert [getattr(answer, "is_final", None) for answer in answers[1:]] == [False, False]
    later = World(site(b""), store=world.store, clock=world.clock)
    later.clock.at += timedelta(seconds=7_000)
    assert isinstance(later.get("/2")[0], GateRefusal)
    later.clock.at += timedelta(seconds=300)
    assert later.get("/2")[0].status == 200


@pytest.mark.parametrize("status", [403, 429, 503])
def test_three_refusals_in_a_row_open_the_circuit(status: int) -> None:
    world = World(site(b"", status=status), Limits(backoff=1.0))
    answers = world.get(*[f"/{n}" for n in range(20)])
    assert len(world.pages()) == 3
    assert answers[3].kind == "circuit"


def test_an_answer_between_refusals_closes_the_count() -> None:
    statuses = iter([403, 403, 200, 403, 403, 200, 403, 403, 404])

    def serve(url: str) -> Response:
        return Response(url, status=404 if "robots" in url else next(statuses))

    world = World(serve)
    world.get(*[f"/{n}" for n in range(9)])
    assert len(world.pages()) == 9


def test_failures_to_connect_open_the_circuit_too() -> None:
    def serve(url: str) -> Response:
        if "robots" in url:
            return Response(url, status=404)
        raise ConnectionResetError

    world = World(serve)
    world.get(*[f"/{n}" for n in range(9)])
    assert len(world.pages()) == 3


def test_the_budget_of_a_day_is_per_host_and_comes_back_at_midnight() -> None:
    world = World(site(b""), Limits(page_budget=3))
    answers = world.get(*[f"/{n}" for n in range(5)])
    assert [getattr(answer, "kind", "fetched") for answer in answers] == ["fetched"] * 3 + ["budget"] * 2
    world.clock.at += timedelta(days=1)
    assert world.get("/5")[0].status == 200


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://elsewhere.example/", "offsite"),
        ("http://host.example.:8080/", "offsite"),
        ("https://inside.example/", "address"),
        ("//127.0.0.1/", "offsite"),
        ("file:///etc/passwd", "address"),
        ("gopher://host.example/", "address"),
        ("https://who@host.example/", "address"),
        ("https://[broken/", "address"),
        ("/no", "robots"),
    ],
)
def test_a_redirect_passes_all_checks_again(location: str, kind: str) -> None:
    def serve(url: str) -> Response:
        if url.endswith("/robots.txt"):
            return Response(url, body=b"User-agent: *\nDisallow: /no")
        return Response(url, status=302, headers={"Location": location})

    world = World(serve)
    (answer,) = world.get("/a")
    assert isinstance(answer, GateRefusal)
    assert answer.kind == kind
    assert world.pages() == [f"{ROOT}/a"]


def test_six_redirects_are_too_many() -> None:
    def serve(url: str) -> Response:
        if url.endswith("/robots.txt"):
            return Response(url, status=404)
        return Response(url, status=302, headers={"Location": url + "x"})

    world = World(serve, replace(Limits(), page_budget=99))
    (answer,) = world.get("/a")
    assert isinstance(answer, GateRefusal)
    assert (answer.kind, len(world.pages())) == ("redirect", 6)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("soon", None, None),
        ("-5", None, None),
        ("0", None, 0),
        ("120", None, 120),
        (" 7 ", None, 7),
        ("9" * 40, None, 366 * 86400),
        ("Wed, 01 Jul 2026 12:01:00 GMT", None, 60),
        ("Wed, 01 Jul 2026 11:59:00 GMT", None, 0),
        ("Wed, 01 Jul 2026 12:01:00 GMT", "Wed, 01 Jul 2026 11:58:00 GMT", 180),
        ("Wed, 01 Jul 2026 13:01:00 GMT", "Wed, 01 Jul 2026 13:00:00 GMT", 3660),
        ("Wednesday, 01-Jul-26 12:01:00 GMT", None, 60),
        ("Wed Jul  1 12:01:00 2026", None, 60),
        ("Wed, 99 Jul 2026 12:01:00 GMT", None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(
    value: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after(value, date, START) == seconds


def test_only_what_was_asked_for_is_unpacked() -> None:
    import gzip
    import zlib

    assert decoded(gzip.compress(b"abc"), "gzip", 10) == b"abc"
    assert decoded(gzip.compress(b"abc") + gzip.compress(b"def"), "x-gzip", 10) == b"abcdef"
    assert decoded(gzip.compress(b"abc") + b"\0\0trailing", "gzip", 10) == b"abc"
    assert decoded(zlib.compress(b"abc"), "deflate", 10) == b"abc"
    assert decoded(zlib.compress(b"abc")[2:-4], "deflate", 10) == b"abc"
    assert decoded(gzip.compress(gzip.compress(b"abc")), "gzip, gzip", 100) == b"abc"
    assert decoded(b"abc", "identity", 10) == b"abc"
    for body, encoding, kind in [
        (gzip.compress(b"abcdefghijkl"), "gzip", "too large"),
        (b"abc", "gzip", "encoding"),
        (b"abc", "deflate", "encoding"),
        (b"abc", "br", "encoding"),
        (b"abc", "zstd", "encoding"),
        (gzip.compress(b"abc")[:-1], "gzip", "encoding"),
    ]:
        with pytest.raises(GateRefusal) as refused:
            decoded(body, encoding, 10)
        assert refused.value.kind == kind


def test_hosts_are_remembered_in_a_file(tmp_path: Path) -> None:
    store = HostStore(tmp_path / "hosts.sqlite")
    store.stay_away("host.example", START, "the host asked to wait")
    store.stay_away("host.example", START - timedelta(hours=1), "earlier")
    store.close()
    assert HostStore(tmp_path / "hosts.sqlite").not_before("host.example") == (
        START,
        "the host asked to wait",
    )
