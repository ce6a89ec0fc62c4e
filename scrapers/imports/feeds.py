"""Reads RSS and Atom feeds. A feed that defines entities is refused: that is how XML bombs are built."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import feedparser
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from scrapers.errors import GigsError
from scrapers.imports.chunks import Chunk, Fault, chunk_of
from scrapers.imports.documents import flatten
from scrapers.imports.files import open_bytes

FEED_BYTES = 64 << 20


def read_feed(path: Path) -> Iterator[Chunk]:
    """Yield the entries of a feed, with feedparser's names (`title`, `link`, `id`, `published`, `summary`).

    Raises:
        GigsError: The file is no feed, too large, or defines entities.
    """
    with open_bytes(path) as file:
        raw = file.read(FEED_BYTES + 1)
    if len(raw) > FEED_BYTES:
        raise GigsError(
            f"{path} is a feed of more than {FEED_BYTES >> 20} MB", "split it between two entries"
        )
    fault = _first_fault(path, raw)
    try:
        feed = feedparser.parse(io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # its parser for broken XML gives up in many ways
        reason = fault or str(error)
        raise GigsError(f"{path} is too damaged to be read ({reason})", "get the whole feed again") from None
    if not feed.entries:
        reason = fault or "no entry is in it"
        raise GigsError(f"{path} is no RSS or Atom feed ({reason})", "check what it is with `gigs inspect`")
    records = [(line, _columns(entry)) for line, entry in enumerate(feed.entries, 1)]
    faults: list[Fault] = (
        [(len(records) + 1, "the XML is not well-formed after this record")] if fault else []
    )
    yield chunk_of(records, faults)


def _first_fault(path: Path, raw: bytes) -> str | None:
    try:
        for _, element in iterparse(io.BytesIO(raw), forbid_dtd=False, forbid_entities=True):
            element.clear()
    except ParseError as error:
        return str(error)
    except DefusedXmlException:
        raise GigsError(
            f"{path} defines XML entities, which a feed has no use for and an attack has",
            "do not import this file",
        ) from None
    return None


def _columns(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value
        for key, value in entry.items()
        if not key.endswith(("_parsed", "_detail")) and key != "links"
    }
    return flatten({key: dict(value) if isinstance(value, dict) else value for key, value in kept.items()})
