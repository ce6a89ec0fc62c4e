"""Hacker News' monthly "Freelancer? Seeking freelancer?" threads: Algolia's search and Firebase's items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from html import escape
from typing import Any

import numpy as np
import polars as pl

from scrapers.simulated.build import offer_records, request_records
from scrapers.simulated.draw import Plan, first_days
from scrapers.simulated.formats import Answer, Asked, as_json
from scrapers.simulated.marketplaces import MARKETS
from scrapers.simulated.planted import DEFAULT_UNTIL, FIRST_MONTH

TITLE = "Ask HN: Freelancer? Seeking freelancer? ({month:%B %Y}) (simulated)"
OTHER_TITLE = "Ask HN: How do you stand out to a client who is seeking a freelancer? (simulated)"
MOST_HITS = 1000
FIRST_STORY = 30_000_000
IDS_A_MONTH = 10_000
CITIES = ("Berlin", "Lisbon", "Austin, TX", "Toronto", "Nairobi", "Pune, India", "Buenos Aires", "Warsaw")
HORIZON = date(2026, 12, 31)
"""The market is drawn to here; a visit sees what was there on its day."""
_ENGLISH = tuple(market for market in MARKETS if market.key in ("sim_taskharbor", "sim_craftlane"))
FILTER = re.compile(r"^created_at_i(<=|>=|<|>|=)(\d+)$")


class HackerNews:
    """Threads of every month up to a day, each with comments of both sides.

    Among the comments are replies, a deleted comment, one that names no side, and contact addresses, as in
    real threads. Later days show more comments of the current month.

    Args:
        seed: Seed of the market.
        day: The day of the visit; later comments do not exist yet.
        first: Month of the first thread.
        per_month: First-level comments a thread.
    """

    def __init__(
        self,
        *,
        seed: int,
        day: date = DEFAULT_UNTIL,
        first: date = FIRST_MONTH,
        per_month: int = 40,
    ) -> None:
        plan = Plan(first=first, until=HORIZON, markets=_ENGLISH)
        months = plan.months
        rng = np.random.default_rng([seed, 7])
        half = len(months) * per_month // 2
        wanted = _by_month(request_records(rng, plan, half, 1))
        offered = _by_month(offer_records(rng, plan, half, 1))
        self._limit = int(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC).timestamp())
        self.items: dict[int, dict[str, Any]] = {}
        starts = first_days(np.append(months, months[-1] + 1))
        for place, month in enumerate(months.tolist()):
            texts = [_request_text(row) for row in wanted.get(month, [])]
            texts += [_offer_text(row) for row in offered.get(month, [])]
            self._add_thread(month, int(starts[place]), int(starts[place + 1]), texts, seed)
        self._n_comments = Counter(item["story"] for item in self.items.values() if item["parent"])

    def _add_thread(self, month: int, start: int, end: int, texts: list[str], seed: int) -> None:
        rng = np.random.default_rng([seed, 8, month])
        on = date.fromordinal(date(1970, 1, 1).toordinal() + start)
        story = FIRST_STORY + month * IDS_A_MONTH
        opened = start * 86_400 + 15 * 3600
        self._add_story(story, opened, TITLE.format(month=on))
        if month % 6 == 0:
            self._add_story(story + 9_000, opened + 18_000, OTHER_TITLE)
        moments = np.sort(rng.integers(opened + 60, end * 86_400, len(texts))).tolist()
        people = rng.integers(0, 4000, 2 * len(texts)).tolist()
        for place, (number, moment) in enumerate(
            zip(rng.permutation(len(texts)).tolist(), moments, strict=True)
        ):
            text: str | None = texts[number]
            if place % 23 == 11:
                text = None
            elif place % 29 == 7:
                text = "Is there a thread like this for designers? (simulated)"
            comment = story + 10 + place * 3
            self._add_comment(comment, story, story, f"sim_user_{people[place]}", moment, text)
            if place % 6 == 2:
                answer, by = "I have sent you a message.", f"sim_user_{people[-place]}"
                self._add_comment(comment + 1, comment, story, by, moment + 900, answer)

    def _add_story(self, number: int, moment: int, title: str) -> None:
        if moment > self._limit:
            return
        self.items[number] = {
            "id": number, "type": "story", "by": "sim_bot", "time": moment, "title": title, "kids": [],
            "text": "Please lead with SEEKING WORK or SEEKING FREELANCER, and say where you are. (simulated)",
            "story": number, "parent": None,
        }  # fmt: skip

    def _add_comment(
        self, number: int, parent: int, story: int, by: str, moment: int, text: str | None
    ) -> None:
        if moment > self._limit or parent not in self.items:
            return
        self.items[number] = {
            "id": number, "type": "comment", "by": by, "time": moment, "text": text, "kids": [],
            "story": story, "parent": parent,
        }  # fmt: skip
        self.items[parent]["kids"].append(number)

    def answer(self, asked: Asked) -> Answer | None:
        """Search and items of Algolia, items of Firebase."""
        if asked.path in ("/api/v1/search_by_date", "/api/v1/search"):
            return as_json(self._search(asked))
        if found := re.fullmatch(r"/api/v1/items/(\d+)", asked.path):
            item = self.items.get(int(found[1]))
            return as_json(self._tree(item)) if item else as_json({"status": 404, "error": "Not Found"}, 404)
        if found := re.fullmatch(r"/v0/item/(\d+)\.json", asked.path):
            return as_json(self._firebase(self.items.get(int(found[1]))))
        return None

    def _search(self, asked: Asked) -> dict[str, Any]:
        query = asked.query
        size = min(int(query.get("hitsPerPage", 20)), MOST_HITS)
        number = int(query.get("page", 0))
        hits = list(
            self._matching(query.get("tags", ""), query.get("query", ""), query.get("numericFilters", ""))
        )
        shown = hits[:MOST_HITS][number * size : (number + 1) * size]
        return {
            "exhaustive": {"nbHits": True, "typo": True},
            "hits": [self._hit(item) for item in shown],
            "hitsPerPage": size,
            "nbHits": len(hits),
            "nbPages": -(-min(len(hits), MOST_HITS) // size),
            "page": number,
            "params": "advancedSyntax=true&analyticsTags=backend",
            "processingTimeMS": 1,
            "query": query.get("query", ""),
        }

    def _matching(self, tags: str, words: str, filters: str) -> Iterable[dict[str, Any]]:
        wanted = [tag for tag in tags.split(",") if tag]
        if not set(wanted) <= {"story", "comment", "ask_hn"} | {
            t for t in wanted if t.startswith(("story_", "author_"))
        }:
            return
        terms = re.findall(r"\w+", words.lower())
        for item in sorted(self.items.values(), key=lambda item: (-item["time"], -item["id"])):
            own = {item["type"], f"author_{item['by']}", f"story_{item['story']}"}
            own |= {"ask_hn"} if item["type"] == "story" else set()
            said = (item.get("title") or item.get("text") or "").lower()
            if not item.get("title") and item["text"] is None:
                continue  # Algolia keeps no deleted comments
            if set(wanted) <= own and all(term in said for term in terms) and _passes(item["time"], filters):
                yield item

    def _hit(self, item: dict[str, Any]) -> dict[str, Any]:
        hit: dict[str, Any] = {
            "_tags": [item["type"], f"author_{item['by']}", f"story_{item['story']}"],
            "author": item["by"],
            "children": item["kids"],
            "created_at": _iso(item["time"]),
            "created_at_i": item["time"],
            "objectID": str(item["id"]),
            "story_id": item["story"],
            "updated_at": _iso(item["time"] + 3600),
        }
        if item["type"] == "story":
            return hit | {
                "num_comments": self._n_comments[item["id"]],
                "points": 40,
                "story_text": item["text"],
                "title": item["title"],
            }
        return hit | {
            "comment_text": item["text"],
            "parent_id": item["parent"],
            "story_title": self.items[item["story"]]["title"],
        }

    def _tree(self, item: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": item["id"],
            "created_at": _iso(item["time"]),
            "created_at_i": item["time"],
            "type": item["type"],
            "author": item["by"] if item["text"] is not None else None,
            "title": item.get("title"),
            "url": None,
            "text": item["text"],
            "points": 40 if item["type"] == "story" else None,
            "parent_id": item["parent"],
            "story_id": item["story"],
            "children": [self._tree(self.items[kid]) for kid in item["kids"]],
            "options": [],
        }

    def _firebase(self, item: dict[str, Any] | None) -> dict[str, Any] | None:
        if item is None:
            return None
        said: dict[str, Any] = {"id": item["id"], "type": item["type"], "time": item["time"]}
        if item["parent"]:
            said["parent"] = item["parent"]
        if item["text"] is None:
            return said | {"deleted": True}
        said |= {"by": item["by"], "text": item["text"]}
        said |= {"kids": item["kids"]} if item["kids"] else {}
        if item["type"] == "story":
            said |= {"title": item["title"], "score": 40, "descendants": len(item["kids"])}
        return said


def _passes(moment: int, filters: str) -> bool:
    compare = {
        "<=": int.__le__, ">=": int.__ge__, "<": int.__lt__, ">": int.__gt__, "=": int.__eq__,
    }  # fmt: skip
    found = [FILTER.match(part.strip()) for part in filters.split(",") if part.strip()]
    return all(compare[part[1]](moment, int(part[2])) for part in found if part)


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _html(text: str) -> str:
    return escape(text, quote=True).replace("/", "&#x2F;").replace("\n\n", "<p>")


def _plain_title(row: dict[str, Any]) -> str:
    return str(row["title"]).removeprefix("I will ")


def _request_text(row: dict[str, Any]) -> str:
    first = f"SEEKING FREELANCER | Remote | {row['title']}"
    price = f"Pay: {row['price_raw']}/hr" if row["price_kind"] == "hourly" else f"Budget: {row['price_raw']}"
    return _html(f"{first}\n\n{row['description']}\n\n{price}\n\nContact: jobs@{row['author_id']}.example")


def _by_month(frame: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in frame.to_dicts():
        rows.setdefault(row["_month"], []).append(row)
    return rows


def _offer_text(row: dict[str, Any]) -> str:
    city = CITIES[int(row["native_id"]) % len(CITIES)]
    lines = [
        f"SEEKING WORK | {city} | Remote | {_plain_title(row)}",
        f"Location: {city}\n\nRemote: Yes\n\nWilling to relocate: No",
        f"Technologies: {', '.join(row['skills'])}",
        f"Rate: {row['price_raw']}",
        row["description"],
        f"Email: {row['author_id']}@mail.example",
    ]
    return _html("\n\n".join(lines))
