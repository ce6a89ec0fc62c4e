"""The simulated sources are read by the very spiders of the real ones, day after day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers.collect import collect
from scrapers.listing import Listing
from scrapers.page import Follow, Found, Note, Page, PageRefused, Reject
from scrapers.simulated.formats import Asked
from scrapers.simulated.formats.fiverr import Fiverr
from scrapers.simulated.formats.freelancer import Freelancer
from scrapers.simulated.formats.upwork import Upwork, flattened
from scrapers.simulated.server import SimulatedServer
from scrapers.simulated.world import gigs_on, jobs_on
from scrapers.spiders.base import SourceSpider, Window, spider_class
from scrapers.state import revived

DAY = date(2026, 5, 20)
UNTIL = datetime(2026, 5, 20, 23, 59, tzinfo=UTC)
SOURCES = ("remoteok", "weworkremotely", "freelancer", "peopleperhour", "guru", "upwork", "fiverr")


def visit(server: SimulatedServer, spider: SourceSpider, url: str, day: date = DAY) -> Page:
    """The page at an address, as the server answers without a network between."""
    parts = urlsplit(url)
    method, body, headers = "GET", b"", {}
    if hasattr(spider, "asking"):
        asking = spider.asking(url)
        method, body = asking.get("method", "GET"), str(asking.get("body", "")).encode()
        headers = {name.lower(): value for name, value in asking.get("headers", {}).items()}
    answer = server.answer(Asked(parts.path, dict(parse_qsl(parts.query)), headers, method, body))
    assert answer.status == 200, url
    fetched = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    return Page(url, answer.body, fetched, headers={"content-type": answer.content_type})


def crawl(name: str, day: date = DAY, most: int = 40) -> Iterator[Listing | Found]:
    """Everything that a spider finds on a day."""
    server = SimulatedServer(seed=4, day=day)
    spider = spider_class(name)(root="http://127.0.0.1:1")
    until = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    waiting = list(spider.starts(Window(until.replace(day=1), until)))
    seen: set[str] = set()
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        for found in spider.parse(visit(server, spider, url, day)):
            if isinstance(found, Follow):
                waiting.append(found.url)
            yield found


@pytest.mark.parametrize("name", SOURCES)
def test_spiders_read_every_simulated_page(name: str) -> None:
    found = list(crawl(name))
    listings = [item for item in found if isinstance(item, Listing)]
    assert len(listings) >= 20
    assert not [item for item in found if isinstance(item, Reject)]
    assert not [item for item in found if isinstance(item, Note) and item.kind == "unknown key"]
    assert all(item.title and "(simulated)" in item.title and item.native_id for item in listings)
    assert len({item.native_id for item in listings}) >= 0.6 * len(listings)
    assert sum(item.price_raw is not None for item in listings) >= (0.5 if name != "weworkremotely" else 0)


@pytest.mark.parametrize("name", SOURCES)
def test_each_spider_crawls_through_the_gate_and_finds_what_it_reads_without_a_network(
    name: str, tmp_path: Path
) -> None:
    with SimulatedServer(seed=4, day=DAY) as server:
        run = collect(
            name, home=tmp_path, now=UNTIL, since=UNTIL.replace(day=1), base_url=server.url,
            limits={"page_budget": 40},
        )  # fmt: skip
        asked = [seen.target for seen in server.requests if seen.method == "GET"]
    ids = {native_id for batch in run.batches() for native_id in batch.listings["native_id"]}
    directly = {item.native_id for item in crawl(name, most=1000) if isinstance(item, Listing)}
    assert len(ids) >= 20 and ids <= directly
    assert run.summary.outcome == "complete" or run.summary.pages["waiting"] > 0
    assert ids == directly or run.summary.outcome != "complete"
    assert asked[0] == "/robots.txt"
    assert len(asked) == len(set(asked)), "no page is asked for twice"
    assert sum(run.summary.rejects.values()) == 0


@pytest.mark.parametrize("name", SOURCES)
def test_the_market_changes_from_day_to_day(name: str) -> None:
    days = [
        {item.native_id: item for item in crawl(name, day) if isinstance(item, Listing)}
        for day in (date(2026, 5, 14), DAY)
    ]
    early, late = days
    assert late.keys() - early.keys(), "new"
    assert early.keys() - late.keys(), "gone"
    if name not in ("remoteok", "weworkremotely"):
        both = early.keys() & late.keys()
        assert any(early[number] != late[number] for number in both), "changed"
    again = {item.native_id: item for item in crawl(name) if isinstance(item, Listing)}
    assert again == late


def test_requests_change_their_price_and_vanish_as_planned() -> None:
    days = [{job.id: job for job in jobs_on(4, date(2026, 5, day), salt=23)} for day in range(10, 20)]
    first = days[0]
    new = [number for number, job in first.items() if job.posted.date() == date(2026, 5, 10)]
    assert new
    for number in new:
        prices = {day[number].high for day in days if number in day}
        assert len(prices) == (2 if number % 13 == 0 and number % 7 != 0 else len(prices))
        assert sum(number in day for day in days) == (4 if number % 7 == 0 else 10)
        bids = [day[number].bids for day in days if number in day]
        assert bids == sorted(bids)


def test_offers_stay_for_months_and_some_leave() -> None:
    early, late = ({gig.id: gig for gig in gigs_on(4, day, salt=27)} for day in (date(2026, 3, 20), DAY))
    both = early.keys() & late.keys()
    assert 0.6 * len(early) < len(both) < len(early)
    assert all(late[number].reviews >= early[number].reviews for number in both)
    assert any(late[number].price != early[number].price for number in both)


def test_freelancer_counts_its_requests() -> None:
    site = Freelancer(seed=4, day=DAY, a_minute=2)
    asked = Asked("/api/projects/0.1/projects/active/", {"limit": "5", "from_time": "0"})
    answers = [site.answer(asked) for _ in range(3)]
    assert [answer and answer.status for answer in answers] == [200, 200, 429]
    assert answers[0] and answers[0].headers["RateLimit-Remaining"] == "1"
    assert answers[2] and 0 < int(answers[2].headers["Retry-After"]) <= 61


def test_upwork_job_pages_agree_with_the_api_and_leave_similar_jobs_out() -> None:
    site = Upwork(seed=4, day=DAY, token="own")
    spider = spider_class("upwork")(root="http://127.0.0.1:1")
    body = json.dumps({"variables": {"filter": {"pagination_eq": {"first": 3}}}}).encode()
    refused = site.answer(Asked("/graphql", method="POST", body=body))
    assert refused and refused.status == 401
    answer = site.answer(Asked("/graphql", headers={"authorization": "Bearer own"}, method="POST", body=body))
    assert answer
    nodes = json.loads(answer.body)["data"]["marketplaceJobPostingsSearch"]["edges"]
    for node in (edge["node"] for edge in nodes):
        page = site.answer(Asked(f"/jobs/x_~02{node['id']}"))
        assert page
        fetched = datetime(2026, 5, 20, tzinfo=UTC)
        found = list(spider.parse(Page(f"http://127.0.0.1:1/jobs/x_~02{node['id']}", page.body, fetched)))
        (job,) = [item for item in found if isinstance(item, Listing)]
        assert (job.native_id, job.title) == (node["id"], node["title"])
        moment = (int(node["id"]) >> 22) + 1_288_834_974_657
        assert datetime.fromtimestamp(moment / 1000, UTC).isoformat() == job.posted_raw


def test_upwork_search_marks_words_and_finds_only_them() -> None:
    site = Upwork(seed=4, day=DAY)
    spider = spider_class("upwork")(root="http://127.0.0.1:1")
    answer = site.answer(Asked("/nx/search/jobs/", {"q": "python"}))
    assert answer and b"class='highlight'" in answer.body
    page = Page("http://127.0.0.1:1/nx/search/jobs/?q=python", answer.body, datetime(2026, 5, 20, tzinfo=UTC))
    tiles = [item for item in spider.parse(page) if isinstance(item, Listing)]
    assert tiles and all(item.frame == "query" and item.frame_query == "python" for item in tiles)
    assert all(item.price_raw and item.posted_raw and item.posted_raw.startswith("Posted") for item in tiles)


def test_flattened_state_is_revived() -> None:
    value = {"a": {"b": [1, "two", None, {"c": True}]}, "d": []}
    body = f"<script id='__NUXT_DATA__' type='application/json'>{json.dumps(flattened(value))}</script>"
    page = Page("http://127.0.0.1:1/", body.encode(), datetime(2026, 5, 20, tzinfo=UTC))
    assert revived(page, "script#__NUXT_DATA__") == value


def test_fiverr_gig_pages_and_its_block_page() -> None:
    spider = spider_class("fiverr")(root="http://127.0.0.1:1")
    site = Fiverr(seed=4, day=DAY)
    fetched = datetime(2026, 5, 20, tzinfo=UTC)
    gig = next(gig for gig in gigs_on(4, DAY, salt=27) if gig.currency == "USD")
    answer = site.answer(Asked(f"/{gig.seller}/some-title-{gig.id}"))
    assert answer
    (offer,) = list(spider.parse(Page("http://127.0.0.1:1/x", answer.body, fetched)))
    assert isinstance(offer, Listing) and offer.native_id == str(gig.id)
    packages = json.loads(offer.packages_json or "[]")
    assert [float(package["price_raw"]) for package in packages] == [gig.price * n for n in (1, 2, 4)]
    blocked = Fiverr(seed=4, day=DAY, is_blocked=True).answer(Asked("/categories/ai-services"))
    assert blocked and blocked.status == 403
    with pytest.raises(PageRefused) as refusal:
        list(spider.parse(Page("http://127.0.0.1:1/categories/ai-services", blocked.body, fetched)))
    assert refusal.value.kind == "blocked"
