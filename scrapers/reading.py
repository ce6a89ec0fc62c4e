"""From a response to its outcome: what the status says, what the parser finds, or why it cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scrapers.journal import Outcome
from scrapers.listing import FIELDS, Listing
from scrapers.page import Follow, Found, Note, Page, PageRefused, Reject
from scrapers.spiders.base import SourceSpider

_KINDS = {item.name: item.type for item in FIELDS}
_SHAPE_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, OSError)


def judge(spider: SourceSpider, page: Page) -> Outcome:
    """What becomes of a response: read, unmodified, gone, refused with a reason, or to be tried again."""
    outcome = Outcome("done", status=page.status, fetched_at=page.fetched_at, size=len(page.body))
    if page.status == 304:
        outcome.state = "unmodified"
    elif page.status in (404, 410):
        outcome.state, outcome.kind, outcome.reason = "gone", "gone", f"status {page.status}"
    elif page.status in (401, 403):
        outcome.state, outcome.kind, outcome.reason = "refused", "blocked", f"status {page.status}"
    elif page.status != 200:
        outcome.state, outcome.kind, outcome.reason = "retry", "status", f"status {page.status}"
    else:
        outcome.etag = page.headers.get("etag")
        outcome.last_modified = page.headers.get("last-modified")
        try:
            gather(outcome, spider.parse(page))
        except PageRefused as refused:
            outcome = _refused(page, refused.kind, refused.reason)
        except _SHAPE_ERRORS as error:
            outcome = _refused(
                page, "drift", f"the parser met a shape it does not know ({type(error).__name__})"
            )
    return outcome


def gather(outcome: Outcome, found: Iterable[Listing | Found]) -> None:
    """Sort what a parser yields into the outcome, counting records from 1.

    Raises:
        PageRefused: `drift` where the parser yields nothing at all, not even a reason.
    """
    line = 0
    for item in found:
        if isinstance(item, Listing):
            line += 1
            sound = _sound(item)
            if isinstance(sound, Listing):
                outcome.listings.append((line, sound))
            else:
                outcome.rejects.append((line, sound))
        elif isinstance(item, Reject):
            line += 1
            outcome.rejects.append((line, item))
        elif isinstance(item, Note):
            outcome.notes.append(item)
        elif isinstance(item, Follow):
            outcome.follow.append(item.url)
    if not (outcome.listings or outcome.rejects or outcome.notes or outcome.follow):
        raise PageRefused("drift", "nothing was found, and no reason why")


def _refused(page: Page, kind: str, reason: str) -> Outcome:
    return Outcome(
        "refused",
        kind=kind,
        reason=reason,
        status=page.status,
        fetched_at=page.fetched_at,
        size=len(page.body),
    )


def _sound(item: Listing) -> Listing | Reject:
    """The listing with its values of the right types, or the reject that names the field at fault.

    Half of a surrogate pair, which JSON can carry, is no character: it becomes a question mark.
    """
    mended: dict[str, Any] = {}
    for name, value in item.__dict__.items():
        if value is None:
            continue
        kind = type(value)
        if kind is not _KINDS[name]:
            return Reject(name, "the value is of another type")
        if kind is str:
            if not value.isascii() and (text := _text(value)) is not value:
                mended[name] = text
        elif kind is list and value:
            if not all(type(part) is str for part in value):
                return Reject(name, "the value is of another type")
            if not all(part.isascii() for part in value):
                mended[name] = [_text(part) for part in value]
    return replace(item, **mended) if mended else item


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("utf-8")
    return value
