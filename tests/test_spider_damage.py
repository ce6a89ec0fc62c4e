"""Damaged pages: no parser crashes or stalls, and every page is accepted or refused with a reason."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scrapers.fixtures import Fixture, fixtures
from scrapers.journal import Journal, Outcome
from scrapers.page import Page
from scrapers.reading import judge
from scrapers.spiders.base import spider_class, spider_names

SAVED = [item for item in fixtures(Path(__file__).parent / "fixtures") if item.source in spider_names()]
NAUGHTY = [
    *(
        "",
        " ",
        "\x00",
        "\ufeff",
        "\u202eabc",
        "\ud800",
        "😀" * 300,
        "<script>alert(1)</script>",
        "' or 1=1 --",
    ),
    *("=1+1", "NaN", "-1", "1e999", "9" * 400, "null", "[]", "{}", "&#x0;", "a" * 100_000, "%00", "\r\nX: y"),
]


def flipped(body: bytes, rng: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randint(1, 40)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(len(body))]


def misencoded(body: bytes, rng: random.Random) -> bytes:
    text = body.decode()
    return text.encode(rng.choice(["utf-16", "utf-32", "utf-7", "latin-1", "cp1251"]), "replace")


def nested(body: bytes, rng: random.Random) -> bytes:
    deep = rng.choice([b"<div>", b"[", b'{"a":', b"<b><i>", b"<item>"]) * 100_000
    at = rng.randrange(len(body))
    return body[:at] + deep + body[at:]


def spliced(body: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randrange(len(body)) for _ in range(2))
    other = rng.choice(SAVED).page().body
    return body[:start] + other[: rng.randrange(len(other))] + body[end:]


def naughty(body: bytes, rng: random.Random) -> bytes:
    """Replace values: of a JSON document anywhere in it, else of text between tags or quotes."""
    try:
        value = json.loads(body)
    except ValueError:
        parts = body.split(b">")
        for _ in range(5):
            parts[rng.randrange(len(parts))] = rng.choice(NAUGHTY).encode("utf-8", "surrogatepass") + b"<a"
        return b">".join(parts)
    return json.dumps(_spoil(value, rng)).encode()


def _spoil(value: object, rng: random.Random) -> object:
    if rng.random() < 0.05:
        return rng.choice([*NAUGHTY, None, True, 0, -1, 1e308, [], {}, [[]], {"a": 1}, 10**30])
    if isinstance(value, dict):
        return {key: _spoil(part, rng) for key, part in value.items() if rng.random() > 0.02}
    if isinstance(value, list):
        return [_spoil(part, rng) for part in value]
    return value


Damage = Callable[[bytes, random.Random], bytes]
DAMAGE: tuple[Damage, ...] = (flipped, flipped, cut, misencoded, spliced, naughty, naughty, naughty)


def check(n: int, seed: int, tmp_path: Path, damages: tuple[Damage, ...] = DAMAGE) -> Counter[str]:
    rng = random.Random(seed)
    journal = Journal(tmp_path / "journal.sqlite")
    journal.begin("run", "damage", SAVED[0].page().fetched_at, {})
    states: Counter[str] = Counter()
    slowest = 0.0
    for number in range(n):
        fixture: Fixture = rng.choice(SAVED)
        whole = fixture.page()
        page = Page(whole.url, rng.choice(damages)(whole.body, rng), whole.fetched_at, 200, whole.headers)
        started = time.process_time()
        outcome: Outcome = judge(spider_class(fixture.source)(), page)
        slowest = max(slowest, time.process_time() - started)
        assert outcome.state in ("done", "refused")
        assert outcome.state == "done" or (outcome.kind and outcome.reason)
        url = f"https://damage.example/{number}"
        journal.add_pages("run", [url])
        journal.commit("run", "damage", url, outcome)
        states[outcome.state] += 1
    from scrapers.collect import _batch

    n_listings = sum(_batch([payload]).listings.height for payload in journal.payloads("run"))
    print(f"{n} damaged pages (seed {seed}): {dict(states)}, {n_listings} listings, slowest {slowest:.2f} s")
    assert states.total() == n
    assert slowest < 1
    return states


def test_damaged_pages_are_read_or_refused(tmp_path: Path) -> None:
    states = check(600, 2, tmp_path)
    assert min(states["done"], states["refused"]) > 50


def test_pages_nested_a_hundred_thousand_deep_are_bounded(tmp_path: Path) -> None:
    check(12, 3, tmp_path, (nested,))


@pytest.mark.slow
def test_ten_thousand_damaged_pages(tmp_path: Path) -> None:
    check(9_900, 10_000, tmp_path)
    (tmp_path / "deep").mkdir()
    check(100, 10_001, tmp_path / "deep", (nested,))
