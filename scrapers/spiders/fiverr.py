"""Fiverr: category and gig pages, whose state is embedded as JSON; read from archives or by its operator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, Reject, need_list, plain, said, unknown_keys
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window
from scrapers.state import embedded

STATE = "script#perseus-initial-props"
CATEGORIES = ("/categories/programming-tech/ai-coding", "/categories/ai-services")
LAST_PAGE = 20
HANDLED = {"gigId", "gig_id", "title", "gig_url", "cached_slug", "price_i", "packages", "seller_id", "is_pro"}
HANDLED |= {"seller_country", "seller_level", "buying_review_rating", "buying_review_rating_count", "type"}
IGNORED = {
    "seller_name",
    "seller_img",
    "seller_online",
    "seller_languages",
    "assets",
    "position",
    "impressionId",
}
IGNORED |= {
    "sub_category_id",
    "category_id",
    "nested_sub_category_id",
    "is_fiverr_choice",
    "offer_consultation",
}
IGNORED |= {"status", "metadata", "seller_url", "seller_display_name", "uId", "currency", "num_of_packages"}
KNOWN = frozenset(HANDLED | IGNORED)


class Fiverr(SourceSpider):
    """Offers. A price is what the viewer was shown; a slider's default or a range of filters is never one."""

    source = Source(
        name="fiverr",
        title="Fiverr",
        platform="fiverr",
        mode="own",
        homepage="https://www.fiverr.com/",
        terms_url="https://www.fiverr.com/legal-portal/legal-terms/terms-of-service",
        terms_note="The terms forbid automated access; only its operator may collect, everybody else reads "
        "archives that they hold (2026-11).",
        frame="full",
        coverage="capped",
        side="offer",
        engagement="gig",
        retention_days=30,
        verified=False,
        expected_daily=(100, 50_000),
    )
    root = "https://www.fiverr.com"
    revisit_days: ClassVar[tuple[int, ...]] = (1, 3, 7, 14, 30, 60, 90, 180)

    def starts(self, window: Window) -> Iterable[str]:
        """The first page of each AI category."""
        return [f"{self.root}{path}" for path in CATEGORIES]

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """A gig page holds one offer, a category or search page many."""
        state = embedded(page, STATE)
        if not isinstance(state, dict):
            refuse(page, f"{STATE} is missing")
        if isinstance(state.get("general"), dict):
            yield self._gig(page, state)
            return
        listing = state.get("rawListingData") or {}
        gigs = state.get("items") or listing.get("gigs")
        if gigs is None:
            gigs = need_list(state, "items")
        if not gigs:
            yield Note("empty", "the page lists no gig")
        currency = said((state.get("currency") or {}).get("name"))
        for gig in gigs:
            yield from unknown_keys(gig, KNOWN, "gig")
            yield self._card(page, gig, currency)
        number = int(page.query.get("page", "1"))
        if listing.get("has_more") and number < LAST_PAGE:
            yield self.follow(f"{page.path}?page={number + 1}")

    def _card(self, page: Page, gig: dict[str, Any], currency: str | None) -> Listing | Reject:
        native_id, title = said(gig.get("gigId") or gig.get("gig_id")), said(gig.get("title"))
        if not native_id or not title:
            return Reject("title" if native_id else "native_id", "the gig lacks its title or id")
        package = (gig.get("packages") or {}).get("recommended") or {}
        price = gig.get("price_i") or package.get("price")
        path = said(gig.get("gig_url")) or f"/{gig.get('cached_slug') or ''}"
        hours = package.get("duration")
        return self.listing(
            page,
            native_id=native_id,
            title=title,
            price_raw=said(price or None),
            price_kind_raw="from",
            currency_raw=currency,
            is_converted=_is_converted(currency),
            delivery_raw=_days(hours),
            country_raw=said(gig.get("seller_country")),
            author_id=said(gig.get("seller_id")),
            url=f"https://www.fiverr.com{path.split('?')[0]}" if path.startswith("/") else path.split("?")[0],
            author_level_raw=said(gig.get("seller_level")) or ("pro" if gig.get("is_pro") else None),
            author_rating_raw=said(gig.get("buying_review_rating") or None),
            author_reviews_raw=said(gig.get("buying_review_rating_count")),
        )

    def _gig(self, page: Page, state: dict[str, Any]) -> Listing | Reject:
        general = state["general"]
        if not general.get("gigId") or not general.get("gigTitle"):
            return Reject("native_id", "the gig lacks its title or id")
        currency = said((state.get("currency") or {}).get("name"))
        packages = [
            {
                "name": plain(str(package.get("title") or "")),
                "price_raw": _units(package.get("price")),
                "delivery_raw": _days(package.get("duration")),
            }
            for package in need_list(state, "packages", "packageList")
        ]
        cheapest = next((package for package in packages if package["price_raw"]), None)
        seller = (state.get("seller") or {}).get("user") or {}
        reviews = state.get("reviews") or {}
        return self.listing(
            page,
            native_id=said(general["gigId"]),
            title=said(general["gigTitle"]),
            description=plain((state.get("description") or {}).get("content") or "") or None,
            skills=[
                tag["name"] for tag in (state.get("tags") or {}).get("tagsGigList") or [] if tag.get("name")
            ],
            category_raw=said(general.get("categoryName")),
            subcategory_raw=said(general.get("subCategoryName")),
            price_raw=cheapest["price_raw"] if cheapest else None,
            price_kind_raw="packages",
            currency_raw=currency,
            packages_json=json.dumps(packages, ensure_ascii=False) if packages else None,
            is_converted=_is_converted(currency),
            delivery_raw=cheapest["delivery_raw"] if cheapest else None,
            country_raw=said((seller.get("address") or {}).get("countryName")),
            author_id=said(seller.get("id")),
            url=re.split(r"[?#]", page.url)[0],
            author_level_raw=said(seller.get("achievementLevel") or seller.get("level")),
            author_rating_raw=said(reviews.get("average_valuation")),
            author_reviews_raw=said(reviews.get("total_count")),
            frame="panel",
            coverage="unknown",
        )


def _is_converted(currency: str | None) -> bool | None:
    """Sellers price in US dollars: any other currency was converted for the viewer."""
    return None if currency is None else currency != "USD"


def _units(cents: Any) -> str | None:
    return said(cents / 100) if isinstance(cents, int | float) and cents > 0 else None


def _days(hours: Any) -> str | None:
    if not isinstance(hours, int | float) or hours <= 0:
        return None
    return f"{said(hours / 24)} days" if hours % 24 == 0 else f"{said(hours)} hours"
