"""The gate's place in Scrapy: its download handler, the last thing before the network."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from scrapers.gate.refusal import GateRefusal


class GatedHandler(HTTP11DownloadHandler):
    """Refuses every host but this machine's own address."""

    lazy = False

    async def download_request(self, request: Any) -> Any:
        """Fetch one page, if the gate allows."""
        try:
            is_own = ipaddress.ip_address(urlsplit(request.url).hostname or "").is_loopback
        except ValueError:
            is_own = False
        if not is_own:
            raise GateRefusal("address", "only a simulated source on this machine may be fetched")
        response = await super().download_request(request)
        request.meta["fetched_at"] = datetime.now(UTC)
        return response
