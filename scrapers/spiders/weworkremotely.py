"""We Work Remotely: the feed of all its remote jobs; contracts are told from employment by their type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, Reject, plain
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window

HANDLED = {
    "title",
    "link",
    "guid",
    "pubDate",
    "description",
    "category",
    "type",
    "region",
    "country",
    "skills",
}
MEDIA = ("{http://search.yahoo.com/mrss}content", "{http://search.yahoo.com/mrss/}content")
IGNORED = {"state", "expires_at", *MEDIA}
ENGAGEMENT = {
    "contract": "contract",
    "freelance": "contract",
    "full-time": "employment",
    "part-time": "employment",
}


class WeWorkRemotely(SourceSpider):
    """One feed, the newest jobs first."""

    source = Source(
        name="weworkremotely",
        title="We Work Remotely",
        platform="weworkremotely",
        mode="open",
        homepage="https://weworkremotely.com/remote-jobs.rss",
        terms_url="https://weworkremotely.com/terms-of-use",
        terms_note="Feed published for reuse with attribution and a link back (read 2026-11).",
        frame="full",
        coverage="capped",
        locale="en_US",
        expected_daily=(5, 150),
    )
    root = "https://weworkremotely.com"

    def starts(self, window: Window) -> Iterable[str]:
        """The feed of all jobs."""
        yield f"{self.root}/remote-jobs.rss"

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Each item of the feed is a job advert."""
        try:
            feed = fromstring(page.body)
        except (ParseError, DefusedXmlException, ValueError):
            refuse(page, "the feed is not XML")
        channel = feed.find("channel")
        if feed.tag != "rss" or channel is None:
            refuse(page, "the answer is no RSS feed")
        items = channel.findall("item")
        if not items:
            yield Note("empty", "the feed has no item")
        for item in items:
            yield from self._advert(page, item)

    def _advert(self, page: Page, item: Element) -> Iterator[Listing | Found]:
        for node in item:
            if node.tag not in HANDLED and node.tag not in IGNORED:
                yield Note("unknown key", f"item.{node.tag[:80]}")
        said = {node.tag: (node.text or "").strip() for node in item}
        link = said.get("link") or said.get("guid") or ""
        if not said.get("title") or not link:
            yield Reject("title" if link else "url", "the item lacks its title or link")
            return
        kind = said.get("type", "")
        company, _, _ = said["title"].partition(":")
        yield self.listing(
            page,
            native_id=link.split("?")[0].rstrip("/").rpartition("/")[2],
            title=said["title"],
            description=plain(said.get("description", "")) or None,
            skills=[name.strip() for name in said.get("skills", "").split(",") if name.strip()],
            category_raw=said.get("category") or None,
            engagement=ENGAGEMENT.get(kind.lower(), "unknown"),
            country_raw=said.get("country") or said.get("region") or None,
            author_id=company.strip() or None,
            url=link,
            posted_raw=said.get("pubDate") or None,
            posted_origin="feed",
        )
