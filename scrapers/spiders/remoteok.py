"""RemoteOK: one public address with its newest adverts; the first element is the legal notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, PageRefused, Reject, plain, said, unknown_keys
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window

HANDLED = {"id", "slug", "date", "position", "tags", "description", "location", "salary_min", "salary_max"}
HANDLED |= {"url", "company"}
IGNORED = {"epoch", "company_logo", "logo", "apply_url", "original", "verified"}
KNOWN = frozenset(HANDLED | IGNORED)
CONTRACT = {"contract", "contractor", "freelance", "gig"}


class RemoteOk(SourceSpider):
    """Employment adverts for the most part; those tagged as contracts are told apart."""

    source = Source(
        name="remoteok",
        title="Remote OK",
        platform="remoteok",
        mode="open",
        homepage="https://remoteok.com/api",
        terms_url="https://remoteok.com/api",
        terms_note="Public API: link back to the advert with follow, and name Remote OK as source (2026-11).",
        frame="full",
        coverage="capped",
        currency="USD",
        locale="en_US",
        expected_daily=(5, 150),
    )
    root = "https://remoteok.com"

    def starts(self, window: Window) -> Iterable[str]:
        """The one address."""
        yield f"{self.root}/api"

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Everything after the notice is an advert."""
        try:
            answer = page.json()
        except PageRefused:
            refuse(page, "the answer is not JSON")
        if not isinstance(answer, list) or not answer or "legal" not in answer[0]:
            raise PageRefused("drift", "the legal notice is not the first element")
        if len(answer) == 1:
            yield Note("empty", "nothing but the legal notice")
        for advert in answer[1:]:
            yield from unknown_keys(advert, KNOWN, "advert")
            yield self._advert(page, advert)

    def _advert(self, page: Page, advert: dict[str, Any]) -> Listing | Reject:
        title, native_id = said(advert.get("position")), said(advert.get("id"))
        if not title or not native_id:
            return Reject("title" if native_id else "native_id", "the advert lacks its position or id")
        tags = [str(tag) for tag in advert.get("tags") or []]
        low, high = advert.get("salary_min") or 0, advert.get("salary_max") or 0
        return self.listing(
            page,
            native_id=native_id,
            title=title,
            description=plain(advert.get("description") or "") or None,
            skills=tags,
            price_raw=" - ".join(str(said(value)) for value in (low, high) if value) or None,
            price_kind_raw="yearly salary" if low or high else None,
            engagement="contract" if CONTRACT & {tag.lower() for tag in tags} else "employment",
            country_raw=said(advert.get("location")),
            author_id=said(advert.get("company")),
            url=said(advert.get("url")),
            posted_raw=said(advert.get("date")),
            posted_origin="api",
        )
