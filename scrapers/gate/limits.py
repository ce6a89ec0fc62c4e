"""How much, how long and how often: the numbers of the gate, and reading bodies and Retry-After."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapers.gate.refusal import GateRefusal

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one source's crawl.

    Attributes:
        body: Bytes of a body, as sent and after decompression.
        seconds: Time for one response.
        redirects: Redirects followed for one page.
        delay: Least seconds between two requests to a host.
        page_budget: Pages a host and day.
        backoff: Seconds to stay away after 429 or 503 without `Retry-After`.
        patience: Longest wait in seconds; where more is asked, the run ends partial and resumes later.
        breaker: Refusals or failures in a row that open the circuit.
        rest: Seconds for which an opened circuit stays open.
        parallel: Requests to one host at a time.
    """

    body: int = 5 * MIB
    seconds: float = 30.0
    redirects: int = 5
    delay: float = 2.0
    page_budget: int = 500
    backoff: float = 60.0
    patience: float = 120.0
    breaker: int = 3
    rest: float = 3600.0
    parallel: int = 1


def decoded(body: bytes, encoding: str, limit: int) -> bytes:
    """A body without its content encoding, never more than the limit in memory.

    Only gzip is asked for; deflate is understood. Anything else was not asked for and is refused.

    Raises:
        GateRefusal: `too large`, or `encoding` where it is damaged or unknown.
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name == "identity":
            continue
        if name in ("gzip", "x-gzip"):
            body = _inflate(body, 16 + zlib.MAX_WBITS, limit)
        elif name == "deflate":
            try:
                body = _inflate(body, zlib.MAX_WBITS, limit)
            except GateRefusal as refusal:
                if refusal.kind != "encoding":
                    raise
                body = _inflate(body, -zlib.MAX_WBITS, limit)
        else:
            raise GateRefusal("encoding", "the answer is compressed in a way that was not asked for")
    return body


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    out = bytearray()
    while body:
        inflater = zlib.decompressobj(window)
        try:
            out += inflater.decompress(body, limit + 1 - len(out))
        except zlib.error as error:
            raise GateRefusal("encoding", "the compressed answer is damaged") from error
        if len(out) > limit or inflater.unconsumed_tail:
            raise GateRefusal("too large", f"more than {limit // MIB} MiB after decompression")
        if not inflater.eof:
            raise GateRefusal("encoding", "the compressed answer is cut short")
        body = inflater.unused_data.lstrip(b"\0")
        if not body.startswith(b"\x1f\x8b"):  # what follows a member and is none is ignored, as browsers do
            break
    return bytes(out)


def retry_after(value: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds to stay away after a `Retry-After` header, in both its forms; null where it says nothing.

    A date is read against the server's own clock (its `Date` header) and ours; the longer wait counts.
    """
    if value is None or not value.strip():
        return None
    said = value.strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said[:12]), 366 * 86400))
    until = _moment(said)
    if until is None:
        return None
    theirs = _moment(date) if date else None
    waits = [(until - clock).total_seconds() for clock in (now, theirs) if clock is not None]
    return max(0.0, *waits) if len(waits) > 1 else max(0.0, waits[0])


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
