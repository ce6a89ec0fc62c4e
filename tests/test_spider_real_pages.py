"""Real pages parse, or are refused aloud for the right reason; none of their text stands here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers.journal import Outcome
from scrapers.page import Page
from scrapers.reading import judge
from scrapers.spiders.base import spider_class

pytestmark = pytest.mark.real
AT = datetime(2026, 8, 7, 12, tzinfo=UTC)


def read(shared: Path, source: str, file: str, url: str) -> Outcome:
    body = (shared / "data" / "pages" / file).read_bytes()
    return judge(spider_class(source)(), Page(url, body, AT))


def test_an_upwork_search_page_gives_its_ten_tiles_and_no_filter(shared: Path) -> None:
    found = read(
        shared, "upwork", "upwork/search_page_real.html", "https://www.upwork.com/nx/search/jobs/?q=golang"
    )
    listings = [item for _, item in found.listings]
    assert (found.state, len(listings), len({item.native_id for item in listings})) == ("done", 10, 10)
    assert all(
        item.native_id and len(item.native_id) == 19 and item.title and item.skills for item in listings
    )
    kinds = [item.price_kind_raw for item in listings]
    assert (kinds.count("Hourly"), kinds.count("Fixed price")) == (8, 2)
    assert sum(item.price_raw is not None for item in listings) == 9, "one hourly job shows no rate"
    assert {item.frame for item in listings} == {"query"}
    assert {item.frame_query for item in listings} == {"golang"}


def test_two_captures_of_an_upwork_job_are_one_listing_and_similar_jobs_are_none(shared: Path) -> None:
    jobs = []
    for name in ("good", "real"):
        found = read(
            shared,
            "upwork",
            f"upwork/job_detail_{name}.html",
            "https://www.upwork.com/freelance-jobs/apply/x",
        )
        assert found.state == "done"
        ((_, job),) = found.listings
        jobs.append(job)
    first, second = jobs
    assert first.native_id == second.native_id == "2085339489984003058"
    assert (first.title, first.price_raw, first.price_kind_raw) == (second.title, "7 - 10", "Hourly")
    assert (first.currency_raw, first.level_raw, first.bids_raw) == ("USD", "Expert", "19")
    assert first.country_raw == "Egypt", "the client's, not the posting's default place"


def test_an_upwork_job_that_is_not_shown_is_refused_not_replaced_by_similar_ones(shared: Path) -> None:
    found = read(
        shared, "upwork", "upwork/job_detail_fhir.html", "https://www.upwork.com/freelance-jobs/apply/~02"
    )
    assert (found.state, found.kind, found.listings) == ("refused", "shell", [])
    assert found.reason == "the job is not shown (status 403 in the page)"


def test_fiverrs_block_page_is_recognised(shared: Path) -> None:
    found = read(shared, "fiverr", "fiverr/blocked.html", "https://www.fiverr.com/categories/ai-services")
    assert (found.state, found.kind, found.listings) == ("refused", "blocked", [])


def test_freelancers_projects_keep_three_currencies(shared: Path) -> None:
    url = "https://www.freelancer.com/api/projects/0.1/projects/active/?limit=10"
    found = read(shared, "freelancer", "freelancer/projects_active.json", url)
    listings = [item for _, item in found.listings]
    assert (found.state, len(listings), found.notes) == ("done", 10, [])
    assert {item.currency_raw for item in listings} == {"USD", "INR", "GBP"}
    assert all(item.price_raw and item.country_raw is None for item in listings)


def test_remoteoks_adverts_come_without_the_notice_and_a_salary_of_zero_is_none(shared: Path) -> None:
    raw = json.loads((shared / "data" / "pages" / "apis" / "remoteok.json").read_text())
    found = read(shared, "remoteok", "apis/remoteok.json", "https://remoteok.com/api")
    assert (found.state, len(found.listings), found.notes) == ("done", len(raw) - 1, [])
    assert {item.price_raw for _, item in found.listings} == {None}


def test_we_work_remotelys_feed_tells_contracts_from_employment(shared: Path) -> None:
    found = read(shared, "weworkremotely", "apis/wwr.xml", "https://weworkremotely.com/remote-jobs.rss")
    engagements = [item.engagement for _, item in found.listings]
    assert (found.state, found.notes) == ("done", [])
    assert (engagements.count("contract"), engagements.count("employment")) == (1, 3)
    assert all("<" not in (item.description or "") for _, item in found.listings)


def test_a_who_is_hiring_thread_is_no_freelancer_thread(shared: Path) -> None:
    url = "https://hn.algolia.com/api/v1/search_by_date?tags=comment,story_48747976"
    found = read(shared, "hackernews", "apis/hn.json", url)
    assert (found.state, found.listings) == ("done", [])
    assert {reject.field for _, reject in found.rejects} == {"side"}
