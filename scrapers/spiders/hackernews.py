"""Hacker News, the monthly "Freelancer? Seeking freelancer?" thread: both sides of one small market."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, PageRefused, Reject, need_list, plain, said, unknown_keys
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window

THREAD = re.compile(r"freelancer\?\s*seeking freelancers?\?", re.IGNORECASE)
SIDE = re.compile(r"\W*seeking[\s-]+(?P<what>work|freelancers?)\b", re.IGNORECASE)
PRICE = re.compile(
    r"(?:(?:US|CA|AU)?[$€£]|(?:USD|EUR|GBP|CAD|AUD|CHF)\s?)\s?\d[\d.,]*\s?k?"
    r"(?:\s?(?:-|–|to)\s?(?:[$€£]\s?)?\d[\d.,]*\s?k?)?\s?(?:USD|EUR|GBP|CAD|AUD|CHF)?"
    r"\s?(?:/|per\s|an?\s)\s?(?:hour|hr|h|day|week|wk|month|mo|year|yr|project)\b",
    re.IGNORECASE,
)
LINE = re.compile(r"^\s*(?P<name>location|technologies|skills|stack)\s*:\s*(?P<value>.+)$", re.I | re.M)
HANDLED = {"objectID", "author", "comment_text", "created_at", "parent_id", "story_id", "title"}
IGNORED = {"_tags", "_highlightResult", "children", "created_at_i", "num_comments", "points", "story_text"}
IGNORED |= {"story_title", "story_url", "updated_at", "url"}
KNOWN = frozenset(HANDLED | IGNORED)


class HackerNews(SourceSpider):
    """Threads are found by title; each first-level comment that names its side is a listing."""

    source = Source(
        name="hackernews",
        title="Hacker News: Freelancer? Seeking freelancer?",
        platform="hackernews",
        mode="open",
        homepage="https://hn.algolia.com/api",
        terms_url="https://www.ycombinator.com/legal/",
        terms_note="Public search API meant for reuse; 10,000 requests an hour and address (read 2026-11).",
        frame="full",
        coverage="census",
        side="both",
        locale="en_US",
        expected_daily=(0, 60),
    )
    root = "https://hn.algolia.com"
    days_back = 45

    def starts(self, window: Window) -> Iterable[str]:
        """The search for threads of the time window, newest first."""
        since, until = int(window.since.timestamp()), int(window.until.timestamp())
        yield (
            f"{self.root}/api/v1/search_by_date?tags=story&hitsPerPage=1000"
            f"&query={quote('Freelancer? Seeking freelancer?')}"
            f"&numericFilters={quote(f'created_at_i>={since},created_at_i<={until}', safe='')}"
        )

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """A search for threads leads to their comments; a page of comments holds the listings."""
        try:
            answer = page.json()
        except PageRefused:
            refuse(page, "the answer is not JSON")
        hits = need_list(answer, "hits")
        tags = page.query.get("tags", "")
        if not hits:
            yield Note("empty", "the search found nothing")
        for hit in hits:
            yield from unknown_keys(hit, KNOWN, "hit")
            yield from self._comment(page, hit) if "comment" in tags else self._thread(hit)
        if "comment" in tags and hits and int(answer.get("nbHits") or 0) > len(hits):
            oldest = min(int(hit["created_at_i"]) for hit in hits)
            yield self.follow(self._comments(tags.rpartition("story_")[2], oldest))

    @staticmethod
    def _comments(thread: str, before: int | None = None) -> str:
        """A query shows 1,000 hits at most, newest first: what is older is asked for by time."""
        earlier = f"&numericFilters=created_at_i%3C{before}" if before else ""
        return f"/api/v1/search_by_date?tags=comment,story_{thread}&hitsPerPage=1000{earlier}"

    def _thread(self, hit: dict[str, Any]) -> Iterator[Found]:
        if THREAD.search(hit.get("title") or ""):
            yield self.follow(self._comments(str(hit["objectID"])))
        else:
            yield Note("left out", "story with another title")

    def _comment(self, page: Page, hit: dict[str, Any]) -> Iterator[Listing | Found]:
        if str(hit.get("parent_id")) != str(hit.get("story_id")):
            yield Note("left out", "reply to a comment")
            return
        text = plain(hit.get("comment_text") or "")
        side = SIDE.match(text)
        if side is None:
            yield Reject(
                "side", "says neither SEEKING WORK nor SEEKING FREELANCER" if text else "deleted comment"
            )
            return
        lines = {found["name"].lower(): found["value"].strip() for found in LINE.finditer(text)}
        tools = lines.get("technologies") or lines.get("skills") or lines.get("stack") or ""
        price = PRICE.search(text)
        yield self.listing(
            page,
            native_id=said(hit["objectID"]),
            side="offer" if side["what"].lower() == "work" else "request",
            title=text.partition("\n")[0][:300],
            description=text,
            skills=[name.strip() for name in tools.split(",") if 0 < len(name.strip()) <= 60],
            price_raw=price.group().strip() if price else None,
            engagement="contract",
            country_raw=lines.get("location"),
            author_id=said(hit.get("author")),
            url=f"https://news.ycombinator.com/item?id={hit['objectID']}",
            posted_raw=said(hit.get("created_at")),
            posted_origin="api",
        )
