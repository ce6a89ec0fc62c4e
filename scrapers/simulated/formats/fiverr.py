"""Fiverr's category and gig pages: HTML with the state as JSON; and its block page."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from typing import Any

from scrapers.simulated.formats import Answer, Asked, in_script
from scrapers.simulated.world import Gig, gigs_on, slug

A_PAGE = 48
GIG_PAGE = re.compile(r"^/s\d+/(?P<slug>[^/]+)-(?P<id>\d+)/?$")
BLOCKED = (
    b"<!doctype html><html><head><title>Human check</title></head><body><div id='px-captcha'></div>"
    b"<h1>It needs a human touch</h1><p>Complete the task to go on. (simulated)</p></body></html>"
)


class Fiverr:
    """Offers of a day.

    Args:
        seed: Seed of the market.
        day: The day of the visit.
        is_blocked: Answer every page with the block page and status 403.
    """

    def __init__(self, *, seed: int, day: date, is_blocked: bool = False) -> None:
        self._gigs = [gig for gig in gigs_on(seed, day, salt=27) if gig.currency == "USD"]
        self._by_id = {gig.id: gig for gig in self._gigs}
        self._is_blocked = is_blocked

    def answer(self, asked: Asked) -> Answer | None:
        """A category page, or the page of a gig."""
        found = GIG_PAGE.match(asked.path)
        if not (found or asked.path.startswith("/categories/")):
            return None
        if self._is_blocked:
            return Answer(BLOCKED, "text/html; charset=utf-8", 403)
        if found:
            gig = self._by_id.get(int(found["id"]))
            if gig is None:
                return Answer(b"<title>This gig is gone</title>", "text/html; charset=utf-8", 404)
            return _page(gig.title, _gig_state(gig))
        words = set(re.split("[/-]", asked.path))
        gigs = [gig for gig in self._gigs if gig.is_ai or "ai" not in words]
        if "programming" in words:
            gigs = [gig for gig in gigs if gig.category.startswith("Programming")]
        number = max(int(asked.query.get("page", 1)), 1)
        shown = gigs[(number - 1) * A_PAGE : number * A_PAGE]
        state = {
            "items": [_card(gig) for gig in shown],
            "rawListingData": {"num_found": len(gigs), "has_more": number * A_PAGE < len(gigs)},
            "listingAttributes": {"pageSize": A_PAGE, "page": number},
            "currency": {"name": "USD", "symbol": "$"},
            "filters": {"budget": {"min": 5, "max": 5000}},
        }
        return _page("Services (simulated)", state)


def _address(gig: Gig) -> str:
    return f"/{gig.seller}/{slug(gig.title)}-{gig.id}"


def _card(gig: Gig) -> dict[str, Any]:
    return {
        "gigId": gig.id,
        "title": gig.title,
        "gig_url": f"{_address(gig)}?source=category",
        "cached_slug": f"{slug(gig.title)}-{gig.id}",
        "price_i": gig.price,
        "packages": {"recommended": {"price": gig.price, "duration": gig.days * 24}},
        "seller_id": int(gig.seller[1:]),
        "seller_country": gig.country,
        "seller_level": gig.level,
        "buying_review_rating": gig.rating,
        "buying_review_rating_count": gig.reviews,
        "is_pro": False,
        "type": "gig",
    }


def _gig_state(gig: Gig) -> dict[str, Any]:
    packages = [
        {"title": name, "price": round(gig.price * times * 100), "duration": (gig.days + more) * 24}
        for name, times, more in (("Basic", 1, 0), ("Standard", 2, 2), ("Premium", 4, 5))
    ]
    return {
        "general": {
            "gigId": gig.id, "gigTitle": gig.title, "categoryName": gig.category,
            "subCategoryName": gig.subcategory,
        },
        "packages": {"packageList": packages},
        "description": {"content": "<p>" + escape(gig.description).replace("\n\n", "</p><p>") + "</p>"},
        "reviews": {"average_valuation": gig.rating, "total_count": gig.reviews},
        "tags": {"tagsGigList": [{"name": skill} for skill in gig.skills]},
        "faq": {"questionsAndAnswers": []},
        "seller": {
            "user": {
                "id": int(gig.seller[1:]), "achievementLevel": gig.level,
                "address": {"countryName": gig.country},
            },
        },
        "currency": {"name": "USD", "symbol": "$"},
    }  # fmt: skip


def _page(title: str, state: dict[str, Any]) -> Answer:
    body = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title></head>"
        "<body>"
        f"<script id='perseus-initial-props' type='application/json'>{in_script(state)}</script>"
        f"<h1>{escape(title)}</h1></body></html>"
    )
    return Answer(body.encode(), "text/html; charset=utf-8")
