"""New, changed, same and vanished listings are told apart; known offers are looked at again on schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scrapers.journal import Journal, Outcome
from scrapers.listing import Listing

START = datetime(2026, 7, 1, tzinfo=UTC)
SCHEDULE = (1, 3, 7)


def offer(number: int, title: str = "Offer") -> Listing:
    url = f"https://x.example/offers/{number}"
    return Listing(platform="x", native_id=str(number), side="offer", title=title, url=url)


class Diary:
    """A journal of one source, day by day."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal.sqlite")

    def day(
        self, number: int, *offers: Listing, state: str = "done", url: str = "https://x.example/list"
    ) -> dict[str, int]:
        at, run_id = START + timedelta(days=number), f"run-{number}"
        self.journal.begin(run_id, "x", at, {})
        self.journal.add_pages(run_id, [url])
        listings = list(enumerate(offers, 1))
        outcome = Outcome(state, fetched_at=at, listings=listings, etag='"tag"')
        self.journal.commit(run_id, "x", url, outcome)
        return self.journal.notes(run_id).get("listing", {})

    def due(self, number: float) -> list[str]:
        return self.journal.register.due("x", SCHEDULE, START + timedelta(days=number), 100)


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path)


def test_listings_are_told_apart_from_day_to_day(diary: Diary) -> None:
    assert diary.day(0, offer(1), offer(2), offer(2)) == {"new": 2, "repeated": 1}
    assert diary.day(1, offer(1), offer(2, "Another title"), offer(3)) == {"same": 1, "changed": 1, "new": 1}
    assert diary.day(2, state="unmodified") == {"same": 3}


def test_a_page_that_is_gone_marks_its_listing_once_and_a_return_takes_it_back(diary: Diary) -> None:
    diary.day(0, offer(1), offer(11))
    assert diary.day(1, state="gone", url="http://127.0.0.1:1/offers/1") == {"gone": 1}
    assert diary.day(2, state="gone", url="http://127.0.0.1:1/offers/1") == {}
    assert diary.due(2) == ["https://x.example/offers/11"]
    diary.day(3, offer(1))
    assert diary.due(8) == ["https://x.example/offers/11", "https://x.example/offers/1"]


def test_a_known_offer_is_due_on_each_day_of_its_schedule_until_it_was_seen(diary: Diary) -> None:
    diary.day(0, offer(1))
    url = ["https://x.example/offers/1"]
    assert [diary.due(day) for day in (0, 0.9)] == [[], []]
    assert diary.due(1) == url
    diary.day(1, offer(1))
    assert [diary.due(day) for day in (1, 2.9, 3, 6)] == [[], [], url, url]
    diary.day(6, offer(1))
    assert [diary.due(day) for day in (6.5, 7)] == [[], url]
    diary.day(8, offer(1))
    assert diary.due(400) == []


def test_texts_of_a_run_that_never_landed_expire_and_later_its_pages_too(diary: Diary) -> None:
    diary.day(0, offer(1))
    later = START + timedelta(days=31)
    assert len(list(diary.journal.payloads("run-0"))) == 1
    assert diary.journal.expire("x", START, START) == 0
    assert diary.journal.expire("x", later, START) == 1
    assert list(diary.journal.payloads("run-0")) == []
    assert diary.journal.page_counts("run-0") == {"done": 1}
    diary.journal.expire("x", later, later)
    assert diary.journal.page_counts("run-0") == {}
