"""Guru: the list of open jobs as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from selectolax.lexbor import LexborNode

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, Reject, text_of
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window

LAST_PAGE = 20
PAGE = re.compile(r"/pg/(\d+)/?$")


class Guru(SourceSpider):
    """Twenty records a page, newest first."""

    source = Source(
        name="guru",
        title="Guru",
        platform="guru",
        mode="terms",
        homepage="https://www.guru.com/d/jobs/",
        terms_url="https://www.guru.com/terms-of-service/",
        terms_note="robots.txt asks for 2 s between requests and closes /api/ and /pro/; the terms restrict "
        "automated use: read them before you accept (looked up 2026-11).",
        frame="full",
        coverage="capped",
        engagement="gig",
        currency="USD",
        locale="en_US",
        date_order="MDY",
        retention_days=30,
        verified=False,
        expected_daily=(20, 1_000),
    )
    root = "https://www.guru.com"
    delay: ClassVar[float] = 3.0

    def starts(self, window: Window) -> Iterable[str]:
        """The first page of all jobs."""
        yield f"{self.root}/d/jobs/"

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Each record is a job; the page leads to the next one."""
        records = page.html.css(".jobRecord")
        if not records:
            if page.html.css_first(".module_list") is None:
                refuse(page, ".jobRecord is missing")
            yield Note("empty", "the list holds no job")
            return
        for record in records:
            yield self._job(page, record)
        found = PAGE.search(page.path)
        number = int(found[1]) if found else 1
        if number < LAST_PAGE:
            yield self.follow(f"/d/jobs/pg/{number + 1}/")

    def _job(self, page: Page, record: LexborNode) -> Listing | Reject:
        link = record.css_first(".jobRecord__title a")
        href = (link.attributes.get("href") or "").split("&")[0] if link else ""
        native_id = record.attributes.get("data-gid") or href.rstrip("/").rpartition("/")[2]
        title = text_of(link)
        if not title or not native_id.isdigit():
            return Reject("title" if native_id else "native_id", "the record lacks its title or number")
        kind, _, price = (text_of(record.css_first(".jobRecord__budget")) or "").partition("|")
        meta = [text_of(node) for node in record.css(".jobRecord__meta strong")]
        return self.listing(
            page,
            native_id=native_id,
            title=title,
            description=text_of(record.css_first(".jobRecord__desc")),
            skills=[name for node in record.css(".skillsList__skill") if (name := text_of(node))],
            price_raw=price.strip() or None,
            price_kind_raw=kind.strip() or None,
            country_raw=text_of(record.css_first(".freelancerAvatar__subText strong")),
            url=f"https://www.guru.com{href}" if href.startswith("/") else href or None,
            posted_raw=meta[0] if meta else None,
            posted_origin="page",
            bids_raw=meta[1] if len(meta) > 1 else None,
        )
