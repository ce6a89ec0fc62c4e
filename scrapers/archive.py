"""The archive: every response in WARC files, so that a better parser can read the past again.

One gzip member a record, flushed before the page's outcome is journalled: a response that was acted on is
always in the archive. Files of other makers (Common Crawl, Wayback exports) are read the same way.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scrapers.errors import UsageError
from scrapers.gate.limits import Limits, decoded
from scrapers.gate.refusal import GateRefusal
from scrapers.page import Page

KEPT_DAYS = 30
"""Days that a response is kept where the source's own limit is not shorter."""
MAX_BYTES = 1 << 30
SOURCE_HEADER = "x-archived-source"
"""Header of an archived page that names the source that it was fetched for (own archives only)."""
SUFFIXES = (".warc", ".warc.gz")
_HOP = {"transfer-encoding", "connection", "keep-alive", "content-length", "set-cookie"}
_REASONS = {200: "OK", 304: "Not Modified", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True)
class Exchange:
    """One answer from the network, as the archive keeps it: the body still as it was sent."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    at: datetime


class Archive:
    """Writes the responses of one run.

    Args:
        folder: The source's archive folder.
        run_id: The run; names the files.
        source: Name of the source, for the file's own description.
        agent: User agent, likewise.
    """

    def __init__(self, folder: Path, run_id: str, source: str, agent: str) -> None:
        self._folder = folder
        self._run_id = run_id
        self._source = source
        self._agent = agent
        self._stream: IO[bytes] | None = None
        self._writer: WARCWriter | None = None

    def write(self, exchange: Exchange) -> None:
        """Append one response."""
        if self._stream is None or self._stream.tell() > MAX_BYTES:
            self._open()
        if self._writer is None or self._stream is None:
            raise OSError("the archive file could not be opened")
        headers = [(name, value) for name, value in exchange.headers if name.lower() not in _HOP]
        headers.append(("Content-Length", str(len(exchange.body))))
        status = f"{exchange.status} {_REASONS.get(exchange.status, 'Status')}"
        record = self._writer.create_warc_record(
            exchange.url,
            "response",
            payload=io.BytesIO(exchange.body),
            http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
            warc_headers_dict={
                "WARC-Date": f"{exchange.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
                "X-Run": self._run_id,
                "X-Source": self._source,
            },
        )
        self._writer.write_record(record)
        self._stream.flush()

    def _open(self) -> None:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while (path := self._folder / f"{self._run_id}-{number:03}.warc.gz").exists():
            number += 1
        self._stream = path.open("xb")
        path.chmod(0o600)
        self._writer = WARCWriter(self._stream, gzip=True)
        about = {"software": self._agent, "isPartOf": self._source, "description": f"run {self._run_id}"}
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, about))

    def close(self) -> None:
        """Close the current file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


@dataclass(frozen=True)
class Skipped:
    """A record of an archive that is no readable page, and why."""

    url: str
    reason: str


def read(path: Path, limits: Limits | None = None) -> Iterator[Page | Skipped]:
    """Responses of a WARC file as pages, in their order.

    A file that was cut short (a crawl was killed) gives what it holds; the loss is reported as `Skipped`.

    Raises:
        UsageError: The file is no WARC file.
    """
    bound = (limits or Limits()).body
    n_read = 0
    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.any_type, parse_http=False):
                n_read += 1
                if record.record_type != WarcRecordType.response:
                    continue
                url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
                try:
                    yield _page(record, url, bound)
                except (GateRefusal, ValueError, KeyError) as error:
                    reason = error.reason if isinstance(error, GateRefusal) else "the record is damaged"
                    yield Skipped(url, reason)
        except (OSError, EOFError, ValueError, RuntimeError) as error:
            if n_read:
                yield Skipped("", f"the file is cut short or damaged ({type(error).__name__})")
    if n_read == 0:
        raise UsageError(f"{path} holds no WARC record", "give a .warc or .warc.gz file")


def _page(record: WarcRecord, url: str, bound: int) -> Page:
    headers = record.headers
    urlsplit(url)  # an address that cannot be taken apart makes the record unreadable
    record.parse_http()
    http = record.http_headers
    length = record.content_length
    body = record.reader.read(bound + 1)
    if len(body) > bound:
        raise GateRefusal("too large", "the body is larger than a page may be")
    if http is None or "Content-Length" not in headers or len(body) < length:
        raise ValueError("cut short")
    names = {name.lower(): value for name, value in http.asdict().items()}
    names[SOURCE_HEADER] = headers.get("X-Source") or ""
    encoding = names.pop("content-encoding", "")
    if encoding and _is_encoded(body, encoding):
        body = decoded(body, encoding, bound)
    at = datetime.fromisoformat(headers["WARC-Date"].replace("Z", "+00:00"))
    return Page(url, body, at, int(http.status_code or 0), names)


def _is_encoded(body: bytes, encoding: str) -> bool:
    """Many archives keep the header of an encoding that they have undone; gzip shows in its first bytes."""
    return "gzip" not in encoding.lower() or body.startswith(b"\x1f\x8b")


def files(folder: Path) -> list[Path]:
    """Archive files below a folder, oldest run first."""
    return sorted(path for path in folder.rglob("*") if path.name.endswith(SUFFIXES))


def expire(folder: Path, kept_days: int, now: datetime, *, dry_run: bool = False) -> list[Path]:
    """Remove the archive files of a source whose time is over, leaving a tombstone for each.

    Args:
        folder: The source's archive folder.
        kept_days: Days that its responses may be kept.
        now: The time (UTC).
        dry_run: Name the files only.

    Returns:
        The files that were (or would be) removed.
    """
    removed = []
    for path in files(folder):
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        run_at = _run_time(path) or written
        if now - run_at < timedelta(days=kept_days):
            continue
        removed.append(path)
        if dry_run:
            continue
        stone = {
            "file": path.name,
            "sha256": _sha256(path),
            "bytes": path.stat().st_size,
            "fetched_at": run_at.isoformat(),
            "expired_at": now.isoformat(),
            "kept_days": kept_days,
        }
        with (folder / "tombstones.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(stone) + "\n")
        path.unlink()
    return removed


def rewrite(path: Path, is_kept: Callable[[str, bytes], bool]) -> int:
    """Write an archive file again without some of its responses (erasure).

    Args:
        path: The file.
        is_kept: Told the address and the body of a response; false removes it.

    Returns:
        Responses that were removed; the file is replaced in one step only if there are any.
    """
    from warcio.archiveiterator import ArchiveIterator as Records

    beside = path.with_name(f".{path.name}.part")
    n_removed = 0
    with path.open("rb") as stream, beside.open("wb") as out:
        writer = WARCWriter(out, gzip=path.suffix == ".gz")
        for record in Records(stream):
            body = record.raw_stream.read()
            plain = body
            if record.rec_type == "response":
                encoding = (
                    record.http_headers.get_header("Content-Encoding") or "" if record.http_headers else ""
                )
                plain = decoded(body, encoding, 1 << 28) if encoding and _is_encoded(body, encoding) else body
            if record.rec_type == "response" and not is_kept(
                record.rec_headers.get_header("WARC-Target-URI") or "", plain
            ):
                n_removed += 1
                continue
            record.raw_stream = io.BytesIO(body)
            writer.write_record(record)
    if n_removed:
        beside.replace(path)
    else:
        beside.unlink()
    return n_removed


def _run_time(path: Path) -> datetime | None:
    for part in path.name.split("-"):
        try:
            return datetime.strptime(part, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
