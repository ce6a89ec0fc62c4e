"""What all spiders share, so that a spider file says only its own: facts, first pages, how to read."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapers.errors import UsageError
from scrapers.listing import Listing
from scrapers.page import Follow, Found, Page
from scrapers.source import Source

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The time that a run asks for: everything posted from `since` to `until` (UTC)."""

    since: datetime
    until: datetime


class SourceSpider:
    """A source that can be collected.

    A subclass names its `source` and `root`, yields its first pages in `starts` and reads any of its pages in
    `parse`. It knows no network: a crawl (`scrapers.crawl`, on Scrapy) hands it pages, and so does a replay
    of an archive. Permission, robots, pace, archive, journal and counting happen around it.

    Attributes:
        source: The facts of the source.
        root: Scheme and host of its pages; a simulated source replaces it.
        hosts: Further hosts that its pages may lie on.
        archived_hosts: Hosts whose pages are read from archives only, never fetched.
        parser: Version of the parser, to be raised when it reads the same page differently.
        days_back: Days that an ordinary run looks back.
        delay: Seconds between two requests, if the source asks for more than the gate's own minimum.
        headers: Request headers that the source's API asks for.
        needs_token: Whether its interface wants the user's own API token.
        page_budget: Pages a day that this source may cost its host.
        revisit_days: Ages in days at which a known listing is looked at again (empty: never).
    """

    source: Source
    root: str
    hosts: ClassVar[tuple[str, ...]] = ()
    archived_hosts: ClassVar[tuple[str, ...]] = ()
    parser: ClassVar[str] = "1"
    days_back: ClassVar[int] = 2
    delay: ClassVar[float] = 2.0
    headers: ClassVar[dict[str, str]] = {}
    needs_token: ClassVar[bool] = False
    page_budget: ClassVar[int] = 500
    revisit_days: ClassVar[tuple[int, ...]] = ()

    def __init__(
        self, *, root: str | None = None, platform: str | None = None, token: str | None = None
    ) -> None:
        self.token = token
        if root:
            self.root = root.rstrip("/")
            self.source = as_simulated(self.source, platform)

    def starts(self, window: Window) -> Iterable[str]:
        """Addresses of the first pages."""
        raise UsageError(f"{type(self).__name__} names no first page", "give the spider a `starts` method")

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Listings, rejects, notes and further pages of one page; a pure function of the page.

        Raises:
            PageRefused: The page is not what it should be.
        """
        raise UsageError(f"{type(self).__name__} reads no page", "give the spider a `parse` method")

    def asking(self, url: str) -> dict[str, Any]:
        """How a page is asked for, beside its address: `method`, `headers` and `body` of the request."""
        return {"headers": dict(self.headers)}

    def listing(self, page: Page, **fields: Any) -> Listing:
        """A listing with what the source facts and the page already say."""
        facts = self.source
        given: dict[str, Any] = {
            "platform": facts.platform,
            "side": facts.side,
            "engagement": facts.engagement,
            "frame": facts.frame,
            "coverage": facts.coverage,
            "frame_query": facts.frame_query,
            "observed_at": page.fetched_at,
        }
        return Listing(**(given | fields))

    def follow(self, path: str) -> Follow:
        """Another page, by its path below the root."""
        return Follow(path if urlsplit(path).scheme else f"{self.root}{path}")


@cache
def spider_names() -> tuple[str, ...]:
    """Names of all sources that have a spider, sorted."""
    import scrapers.spiders as package

    return tuple(sorted(info.name for info in pkgutil.iter_modules(package.__path__) if info.name != "base"))


@cache
def spider_class(name: str) -> type[SourceSpider]:
    """The spider of a source.

    Raises:
        UsageError: No source has that name.
    """
    if name not in spider_names():
        raise UsageError(f"no spider is called {name!r}", f"choose one of: {', '.join(spider_names())}")
    module = importlib.import_module(f"scrapers.spiders.{name}")
    for found in vars(module).values():
        if (
            isinstance(found, type)
            and issubclass(found, SourceSpider)
            and found.__module__ == module.__name__
        ):
            return found
    raise UsageError(f"scrapers/spiders/{name}.py holds no spider", "derive a class from SourceSpider in it")


def as_simulated(source: Source, platform: str | None = None) -> Source:
    """The facts of a marketplace on this machine that speaks the format of a source."""
    name = platform or f"simulated_{source.name}"
    return replace(
        source, name=name, platform=name, title=f"Simulated: {source.title}", mode="open", is_simulated=True
    )
