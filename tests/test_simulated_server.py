"""The simulated server speaks the shapes of the real sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from scrapers.simulated.formats.hackernews import HackerNews
from scrapers.simulated.server import Fault, SimulatedServer


@pytest.fixture(scope="module")
def hackernews() -> HackerNews:
    return HackerNews(seed=3, day=date(2024, 3, 10), first=date(2023, 10, 1), per_month=30)


@pytest.fixture
def server(hackernews: HackerNews) -> Iterator[SimulatedServer]:
    with SimulatedServer(sites=[hackernews]) as running:
        yield running


def test_threads_are_found_by_title_and_time(server: SimulatedServer) -> None:
    query = {"tags": "story", "query": "Freelancer? Seeking freelancer?", "hitsPerPage": "1000"}
    found = httpx.get(f"{server.url}/api/v1/search_by_date", params=query).json()
    threads = [hit for hit in found["hits"] if "Freelancer? Seeking freelancer?" in hit["title"]]
    assert len(threads) == 6 and found["nbHits"] == len(found["hits"])
    assert [hit["created_at_i"] for hit in found["hits"]] == sorted(
        (hit["created_at_i"] for hit in found["hits"]), reverse=True
    )
    since = threads[1]["created_at_i"]
    later = httpx.get(
        f"{server.url}/api/v1/search_by_date", params=query | {"numericFilters": f"created_at_i>={since}"}
    ).json()
    assert {hit["objectID"] for hit in later["hits"]} >= {threads[0]["objectID"], threads[1]["objectID"]}
    assert threads[2]["objectID"] not in {hit["objectID"] for hit in later["hits"]}


def test_comments_come_in_pages_and_agree_with_items(server: SimulatedServer, hackernews: HackerNews) -> None:
    thread = max(number for number, item in hackernews.items.items() if "Seeking f" in item.get("title", ""))
    address = f"{server.url}/api/v1/search_by_date?tags=comment,story_{thread - 10_000}&hitsPerPage=10"
    pages = [httpx.get(f"{address}&page={number}").json() for number in range(10)]
    hits = [hit for page in pages for hit in page["hits"]]
    assert len({hit["objectID"] for hit in hits}) == len(hits) == pages[0]["nbHits"]
    assert pages[0]["nbPages"] == -(-len(hits) // 10)
    assert any(hit["comment_text"].startswith("SEEKING WORK") for hit in hits)
    assert any(hit["comment_text"].startswith("SEEKING FREELANCER") for hit in hits)
    tree = httpx.get(f"{server.url}/api/v1/items/{thread - 10_000}").json()
    comment = tree["children"][0]
    fire = httpx.get(f"{server.url}/v0/item/{comment['id']}.json").json()
    assert fire["text"] == comment["text"] and fire["parent"] == tree["id"]
    assert httpx.get(f"{server.url}/v0/item/1.json").json() is None


def test_unchanged_pages_answer_304(server: SimulatedServer) -> None:
    address = f"{server.url}/api/v1/search_by_date?tags=story"
    tag = httpx.get(address).headers["etag"]
    again = httpx.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b""
    assert server.count("/api/v1/") == 2


def test_faults_come_on_demand(hackernews: HackerNews) -> None:
    fault = Fault("/api/v1/", status=429, times=2, after=1, retry_after="3")
    with SimulatedServer(sites=[hackernews], faults=[fault], robots=503) as server:
        address = f"{server.url}/api/v1/search_by_date?tags=story"
        answers = [httpx.get(address) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
        assert answers[1].headers["retry-after"] == "3"
        assert httpx.get(f"{server.url}/robots.txt").status_code == 503
        assert [seen.status for seen in server.requests] == [200, 429, 429, 200, 503]
        server.faults.append(Fault("/v0/", status=0))
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}/v0/item/1.json")


def test_a_later_day_shows_more_comments() -> None:
    early, late = (HackerNews(seed=3, day=day, per_month=20) for day in (date(2024, 3, 5), date(2024, 3, 20)))
    assert early.items.keys() < late.items.keys()
    assert all(late.items[number]["text"] == item["text"] for number, item in early.items.items())


def test_the_day_of_a_running_server_can_move() -> None:
    with SimulatedServer(seed=3, day=date(2024, 3, 10)) as server:
        address = f"{server.url}/api"
        early = httpx.get(address, timeout=30)
        server.move_to(date(2024, 3, 12))
        late = httpx.get(address, timeout=30, headers={"If-None-Match": early.headers["etag"]})
        assert late.status_code == 200
        numbers = [{advert["id"] for advert in answer.json()[1:]} for answer in (early, late)]
        assert numbers[1] - numbers[0] and numbers[0] & numbers[1]
        assert "legal" in late.json()[0]
        assert httpx.get(f"{server.url}/nothing").status_code == 404
