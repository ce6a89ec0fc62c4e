"""Which addresses may be reached: public ones, checked after the name was looked up, and then pinned.

Checking a name and connecting to it later are two look-ups, and a hostile name server answers them
differently. So the gate looks a name up once, refuses it unless every answer is public, and the connection
can only go to an address that was approved (`PinnedResolver` asks nobody else).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface.declarations import implementer  # type: ignore[import-untyped]

from scrapers.gate.refusal import GateRefusal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str], Awaitable[list[str]]]

_EMBEDDING = [  # IPv6 ranges that carry an IPv4 address: (network, bits to the right of it)
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
]
_OBSOLETE = ipaddress.IPv6Network("::/96")


def is_public(address: Address) -> bool:
    """Whether an address lies in the public network, and so does the IPv4 address it may carry."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id or address.teredo or address.is_site_local or address in _OBSOLETE:
            return False
        for network, shift in _EMBEDDING:
            if address in network:
                carried = ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
                return is_public(carried)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def plain_host(host: str) -> str:
    """A host name in the form in which it is looked up: compatibility characters resolved, no final dot."""
    return unicodedata.normalize("NFKC", host).lower().rstrip(".").strip("[]")


async def look_up(host: str) -> list[str]:
    """Addresses of a host, from the system's resolver."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


class AddressBook:
    """Hosts that were looked up and approved.

    Args:
        lookup: Finds the addresses of a host.
        own_host: The one host on this machine that may be reached: the simulated source's.
    """

    def __init__(self, lookup: Lookup = look_up, own_host: str | None = None) -> None:
        self._lookup = lookup
        self._own_host = own_host
        self.approved: dict[str, list[Address]] = {}

    async def approve(self, host: str) -> None:
        """Look a host up and approve it for the rest of the run.

        Raises:
            GateRefusal: One of its addresses is not public.
            OSError: It cannot be looked up now.
        """
        name = plain_host(host)
        if name in self.approved:
            return
        try:
            found = [ipaddress.ip_address(text) for text in await self._lookup(name)]
        except (ValueError, UnicodeError) as error:
            raise GateRefusal("address", "the host name is malformed") from error
        if not found:
            raise OSError("the host name has no address")
        if self._own_host is not None:
            if name != plain_host(self._own_host) or not all(address.is_loopback for address in found):
                raise GateRefusal("address", "a simulated source may reach its own host only")
        elif not all(is_public(address) for address in found):
            raise GateRefusal("address", "the host lies in a private, local or reserved network")
        self.approved[name] = found


@implementer(IHostnameResolver)
class PinnedResolver:
    """Twisted's name resolver: knows the approved addresses and asks nobody."""

    def __init__(self, book: AddressBook, reactor: Any) -> None:
        self._book = book
        self._reactor = reactor

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PinnedResolver:
        """Made by Scrapy (setting `TWISTED_DNS_RESOLVER`)."""
        return cls(crawler.settings["GATE"].book, reactor)

    def install_on_reactor(self) -> None:
        """Become the only resolver."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self, receiver: Any, hostName: str, portNumber: int = 0, *_: Any, **__: Any
    ) -> HostResolution:
        """Answer with the approved addresses of a host, or with none."""
        resolution = HostResolution(hostName)
        receiver.resolutionBegan(resolution)
        for address in self._book.approved.get(plain_host(hostName), []):
            kind = IPv4Address if address.version == 4 else IPv6Address
            receiver.addressResolved(kind("TCP", str(address), portNumber))
        receiver.resolutionComplete()
        return resolution
