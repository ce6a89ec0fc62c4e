"""The gate's place in Scrapy: its download handler, the last thing before the network.

A downloader middleware would sit above Scrapy's own ones, and a request could reach the network beside it
(Scrapy's robots middleware fetches robots.txt that way). Below the handler there is nothing but the socket.
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from scrapers.gate.gate import Gate


class GatedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP client behind the gate (setting `GATE`)."""

    lazy = False

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self.gate: Gate = crawler.settings["GATE"]

    async def download_request(self, request: Any) -> Any:
        """Fetch one page, if the gate allows."""
        response = await self.gate.fetch(request, super().download_request)
        request.meta["fetched_at"] = self.gate.clock.now()
        return response
