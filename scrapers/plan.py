"""What a crawl's own process is asked to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from scrapers.permission import AGENT


@dataclass(frozen=True)
class CrawlPlan:
    """What the child process is asked to do.

    Attributes:
        spider: Name of the spider.
        source: Name of the source in the journal; it differs from the spider's where the source is simulated.
        platform: Marketplace key of its listings.
        run_id: The run in the journal.
        home: Data folder.
        since: Start of the time window, ISO 8601.
        until: Its end and the run's own time.
        root: Address of the simulated source, or null for the real one.
        user_agent: How the collector names itself.
        token: The user's own API token, where the source's interface asks for one.
        limits: Bounds of the gate that differ from the usual ones.
    """

    spider: str
    source: str
    platform: str
    run_id: str
    home: str
    since: str
    until: str
    root: str | None = None
    user_agent: str = AGENT
    token: str | None = None
    limits: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The plan as one JSON text."""
        return json.dumps(asdict(self))
