"""The gate: every request passes here, and only here, on its way to the network.

In this order: is the address one that the source may use, does its name lead to a public machine, do the
robots rules allow it, is there budget left, is it its turn. Redirects are followed here too, each hop with
all checks. Whatever cannot be found out counts as a no.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError

from scrapers.archive import Exchange
from scrapers.gate.addresses import AddressBook, plain_host
from scrapers.gate.clock import Clock
from scrapers.gate.hosts import HostStore, KnownRobots
from scrapers.gate.limits import MIB, Limits, decoded
from scrapers.gate.pace import Pace
from scrapers.gate.refusal import GateRefusal
from scrapers.gate.robots import Robots

Transport = Callable[[Any], Awaitable[Any]]
Witness = Callable[[Exchange], None]
REDIRECTS = (301, 302, 303, 307, 308)
ROBOTS_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}


class Gate:
    """Fetches what may be fetched.

    Args:
        agent: Product token that robots rules know us by.
        allowed: Hosts (with port where it is not the scheme's own) that the source's pages lie on.
        limits: Bounds.
        store: Memory of hosts.
        book: Approved addresses.
        clock: The time.
        witness: Is shown every answer, robots files and redirects too.
    """

    def __init__(
        self,
        agent: str,
        allowed: Iterable[str],
        *,
        limits: Limits,
        store: HostStore,
        book: AddressBook,
        clock: Clock | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.agent = agent
        self.allowed = {_netloc(f"//{name}") for name in allowed}
        self.limits = limits
        self.store = store
        self.book = book
        self.clock = clock or Clock()
        self.witness = witness
        self._paces: dict[str, Pace] = {}
        self._robots: dict[str, asyncio.Future[Robots | str]] = {}

    def __deepcopy__(self, _: object) -> Gate:
        return self  # Scrapy copies its settings; there is only one gate

    async def fetch(self, request: Any, transport: Transport) -> Any:
        """Fetch a page and follow its redirects.

        Args:
            request: A Scrapy request.
            transport: Sends a request and returns the response, its body no larger than the limit.

        Returns:
            The response at the end of the redirects, its body decoded.

        Raises:
            GateRefusal: Something forbids it.
        """
        url = request.url
        for _ in range(self.limits.redirects + 1):
            origin, host = self._check(url)
            await self.book.approve(urlsplit(url).hostname or "")
            await self._obey(origin, url, transport)
            response = await self._send(request.replace(url=url), host, transport, is_page=True)
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or not location:
                return self._finished(response)
            if request.method != "GET":
                raise GateRefusal("redirect", "the answer to a query leads elsewhere")
            url = _joined(url, location)
        raise GateRefusal("redirect", f"more than {self.limits.redirects} redirects")

    def _check(self, url: str, *, is_robots: bool = False) -> tuple[str, str]:
        """Origin and host of an address that the source may use."""
        try:
            parts = urlsplit(url)
            netloc, has_user = _netloc(url), "@" in parts.netloc
        except ValueError as error:
            raise GateRefusal("address", "the address is malformed") from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise GateRefusal("address", f"the scheme {parts.scheme[:20]!r} is not fetched")
        if has_user:
            raise GateRefusal("address", "the address carries a user name")
        if not is_robots and netloc not in self.allowed:
            raise GateRefusal("offsite", "the address lies outside the source's hosts")
        return f"{parts.scheme}://{netloc}", netloc

    async def _obey(self, origin: str, url: str, transport: Transport) -> None:
        rules = await self._rules(origin, transport)
        if isinstance(rules, str):
            raise GateRefusal("robots", f"robots.txt cannot be read ({rules})", is_final=False)
        if not rules.allows(self.agent, url):
            raise GateRefusal("robots", rules.rule_for(self.agent, url)[1] or "forbidden")
        pace = self._pace(_netloc(url))
        pace.crawl_delay = max(pace.crawl_delay, rules.crawl_delay(self.agent))

    async def _rules(self, origin: str, transport: Transport) -> Robots | str:
        """Rules of an origin: whoever comes first reads them, all others wait for that reading."""
        waiting = self._robots.get(origin)
        if waiting is None:
            waiting = asyncio.ensure_future(self._read_rules(origin, transport))
            self._robots[origin] = waiting
        return await asyncio.shield(waiting)

    async def _read_rules(self, origin: str, transport: Transport) -> Robots | str:
        known = self.store.robots(origin, self.clock.now())
        if known is None or known.outcome not in ("rules", "none"):
            outcome, body = await self._fetch_rules(origin, transport)
            known = KnownRobots(self.clock.now(), outcome, body)
            self.store.keep_robots(origin, known)
        if known.outcome == "rules":
            return Robots(known.body or b"")
        return Robots(b"") if known.outcome == "none" else known.outcome

    async def _fetch_rules(self, origin: str, transport: Transport) -> tuple[str, bytes | None]:
        url = f"{origin}/robots.txt"
        try:
            for _ in range(ROBOTS_REDIRECTS + 1):
                _, host = self._check(url, is_robots=True)
                await self.book.approve(urlsplit(url).hostname or "")
                response = await self._send(Request(url), host, transport, is_page=False)
                location = response.headers.get("Location")
                if response.status in REDIRECTS and location:
                    url = _joined(url, location)
                    continue
                if response.status == 200:
                    return "rules", self._finished(response).body
                if 400 <= response.status < 500 and response.status not in (401, 403, 429):
                    return "none", None
                return f"status {response.status}", None
        except GateRefusal as refusal:
            return str(refusal), None
        except Exception as error:  # whatever went wrong on the way, nothing is known, so nothing is allowed
            return type(error).__name__, None
        return f"more than {ROBOTS_REDIRECTS} redirects", None

    async def _send(self, request: Any, host: str, transport: Transport, *, is_page: bool) -> Any:
        pace = self._pace(host)
        async with pace.turn():
            if is_page and not self.store.spend(host, self.clock.now(), self.limits.page_budget):
                raise GateRefusal("budget", "the host's pages of this day are used up", is_final=False)
            request.headers["Accept-Encoding"] = "gzip"
            request.meta.update(download_timeout=self.limits.seconds, download_maxsize=self.limits.body)
            try:
                response = await asyncio.wait_for(transport(request), self.limits.seconds)
            except DownloadCancelledError as error:
                pace.note(200)
                raise GateRefusal("too large", f"more than {self.limits.body // MIB} MiB") from error
            except (TimeoutError, DownloadTimeoutError) as error:
                pace.note(None)
                raise TimeoutError("no answer in time") from error
            except Exception:
                pace.note(None)
                raise
            asked, date = response.headers.get("Retry-After"), response.headers.get("Date")
            pace.note(response.status, _text(asked), _text(date))
        if self.witness is not None:
            self.witness(_exchange(request.url, response, self.clock.now()))
        return response

    def _finished(self, response: Any) -> Any:
        encoding = _text(response.headers.get("Content-Encoding")) or ""
        if not encoding:
            return response
        body = decoded(response.body, encoding, self.limits.body)
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        return response.replace(body=body, headers=headers)

    def _pace(self, host: str) -> Pace:
        if host not in self._paces:
            self._paces[host] = Pace(host, self.limits, self.store, self.clock)
        return self._paces[host]


def simulated_limits(limits: Limits) -> Limits:
    """The same bounds without pauses of our own: a simulated source on this machine asks for none."""
    return replace(limits, delay=0.0, backoff=1.0, page_budget=10**9)


def _netloc(url: str) -> str:
    parts = urlsplit(url)
    host = plain_host(parts.hostname or "")
    name = f"[{host}]" if ":" in host else host
    port = parts.port
    return name if port is None or port == PORTS.get(parts.scheme) else f"{name}:{port}"


def _joined(url: str, location: bytes) -> str:
    try:
        return urljoin(url, location.decode("latin-1"))
    except ValueError as error:
        raise GateRefusal("address", "a redirect leads to a malformed address") from error


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _exchange(url: str, response: Any, at: datetime) -> Exchange:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
    return Exchange(url, response.status, headers, response.body, at)
