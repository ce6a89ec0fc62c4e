"""What the last reading of robots.txt says of an address, without fetching anything."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from scrapers.gate.hosts import HostStore
from scrapers.gate.robots import Robots


def last_verdict(home: Path, agent: str, url: str) -> tuple[str, str | None]:
    """Verdict in words and the moment of the reading (ISO 8601); null where it was never read.

    Args:
        home: Data folder.
        agent: Product token.
        url: The address.
    """
    path = home / "collecting" / "hosts.sqlite"
    if not path.exists():
        return "not read yet; it is read before the first page", None
    store = HostStore(path)
    parts = urlsplit(url)
    known = store.robots(f"{parts.scheme}://{parts.netloc}")
    store.close()
    if known is None:
        return "not read yet; it is read before the first page", None
    at = known.fetched_at.isoformat()
    if known.outcome == "none":
        return "allowed: the host has no robots.txt", at
    if known.outcome != "rules":
        return f"forbidden: robots.txt could not be read ({known.outcome})", at
    rules = Robots(known.body or b"")
    verdict = "allowed" if rules.allows(agent, url) else "forbidden"
    return f"{verdict}: {rules.rule_for(agent, url)[1]}", at
