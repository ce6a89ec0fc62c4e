"""Captures in public archives: which of them a backfill would fetch, planned from an index file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from scrapers.spiders.base import SourceSpider


@dataclass(frozen=True)
class Capture:
    """One capture of a page in a public archive, and where its record lies."""

    url: str
    at: datetime
    digest: str
    file: str | None
    offset: int | None
    length: int | None


def captures(lines: Iterable[str]) -> Iterator[Capture]:
    """Captures in an index file: CDXJ (Common Crawl) or CDX with its usual 7 or 11 columns (Wayback).

    Captures that did not end with status 200 are left out, and lines that are no captures too.
    """
    for line in lines:
        found = _cdxj(line) if "{" in line else _cdx(line.split())
        if found is not None:
            yield found


def _cdxj(line: str) -> Capture | None:
    try:
        _, stamp, rest = line.split(" ", 2)
        said = json.loads(rest)
        if str(said.get("status", "200")) != "200":
            return None
        number = {name: int(said[name]) if said.get(name) else None for name in ("offset", "length")}
        return Capture(said["url"], _moment(stamp), said.get("digest", ""), said.get("filename"), **number)
    except (ValueError, KeyError):
        return None


def _cdx(columns: list[str]) -> Capture | None:
    try:
        _, stamp, url, _, status, digest = columns[:6]
        if status not in ("200", "-"):
            return None
        is_full = len(columns) >= 11
        length, offset, file = columns[8:11] if is_full else (None, None, None)
        number = [int(text) if text and text.isdigit() else None for text in (offset, length)]
        return Capture(url, _moment(stamp), digest, file, number[0], number[1])
    except ValueError:
        return None


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp[:14] + "+0000", "%Y%m%d%H%M%S%z")


def plan(found: Iterable[Capture], spider: SourceSpider, per: str = "month") -> list[Capture]:
    """Which captures are worth fetching: of each page the first of a month (or day), each content once.

    Args:
        found: Captures of an index.
        spider: The source; captures of other hosts are left out.
        per: `month` or `day`.
    """
    form = "%Y-%m" if per == "month" else "%Y-%m-%d"
    hosts = {urlsplit(spider.root).netloc, *spider.hosts, *spider.archived_hosts}
    hosts = {host.removeprefix("www.") for host in hosts}
    chosen: dict[tuple[str, str], Capture] = {}
    digests: set[tuple[str, str]] = set()
    for capture in sorted(found, key=lambda item: item.at):
        parts = urlsplit(capture.url)
        if (parts.hostname or "").removeprefix("www.") not in hosts or parts.path == "/robots.txt":
            continue
        slot = (capture.url, f"{capture.at:{form}}")
        seen = (capture.url, capture.digest)
        if slot in chosen or (capture.digest and seen in digests):
            continue
        chosen[slot] = capture
        digests.add(seen)
    return list(chosen.values())
