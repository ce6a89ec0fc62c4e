"""The one contract: what a listing is, whichever spider or file it comes from.

A `Listing` keeps what the source *said* (`*_raw` is text as published). Money, dates and durations are
read from that text later, so that a better parser also mends history. Raw tables, validation and the data
dictionary derive from the fields below; nothing else lists them.

Each field plays one role:

* ``identity``: which listing it is. The platform and its own id, never the file or crawl it came by.
* ``content``: what the listing says. A different content is a changed listing.
* ``sighting``: what was seen beside it at one moment (bids, ratings, the clock). It changes without the
  listing having changed, and is kept once per sighting.
* ``private``: needed for a moment at landing (to make a keyed hash) and never written.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["identity", "content", "sighting", "private"]

SIDES = ("request", "offer")
ENGAGEMENTS = ("gig", "contract", "employment", "unknown")
FRAMES = ("full", "query", "panel", "unknown")
COVERAGES = ("census", "capped", "unknown")

UNIT_SEPARATOR = "\x1f"
"""Between the parts of a hashed text: a control character that landing removes from every field."""


def _said(role: Role, about: str, *, choices: tuple[str, ...] = (), default: Any = None) -> Any:
    meta = {"role": role, "about": about, "choices": choices}
    if default is list:
        return field(default_factory=list, metadata=meta)
    if default is dataclasses.MISSING:
        return field(metadata=meta)
    return field(default=default, metadata=meta)


_REQUIRED = dataclasses.MISSING


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One client's request or one freelancer's offer, as its source said it."""

    platform: str = _said("identity", "Marketplace, as a short key such as `upwork`.", default=_REQUIRED)
    native_id: str | None = _said("identity", "The platform's own id; null where it shows none.")

    side: str = _said(
        "content",
        "`request` (a client's job post) or `offer` (a freelancer's gig).",
        choices=SIDES,
        default=_REQUIRED,
    )
    title: str | None = _said("content", "Title as published.")
    description: str | None = _said("content", "Description as published, personal data redacted.")
    skills: list[str] = _said("content", "Skill tags as published, in their order.", default=list)
    category_raw: str | None = _said("content", "The source's own category, as published.")
    subcategory_raw: str | None = _said("content", "The source's own second-level category.")
    price_raw: str | None = _said("content", "Price as published, text.")
    price_kind_raw: str | None = _said("content", "What the source calls the kind of price (hourly, fixed).")
    currency_raw: str | None = _said("content", "Currency where the source states it apart from the price.")
    packages_json: str | None = _said(
        "content",
        "Packages of an offer: JSON list of objects with `name`, `price_raw`, `delivery_raw`.",
    )
    is_converted: bool | None = _said(
        "content", "Whether the platform converted the price for the viewer; null where unknown."
    )
    level_raw: str | None = _said("content", "Experience level asked, or level of the seller's package.")
    duration_raw: str | None = _said("content", "Length of the work as published.")
    delivery_raw: str | None = _said("content", "Delivery time asked or promised, as published.")
    urgency_raw: str | None = _said("content", "Urgency mark as published.")
    engagement: str = _said(
        "content",
        "`gig`, `contract`, `employment` or `unknown`; employment enters no series of gigs.",
        choices=ENGAGEMENTS,
        default="unknown",
    )
    country_raw: str | None = _said("content", "Country of the client (request) or seller (offer).")
    language_raw: str | None = _said("content", "Language as the source declares it.")
    author_id: str | None = _said(
        "private", "The source's id of client or seller; replaced by `author_key` at landing."
    )

    url: str | None = _said("sighting", "Address of the listing.")
    posted_raw: str | None = _said("sighting", "Posting date as published; may be relative to `observed_at`.")
    posted_origin: str | None = _said("sighting", "Where the posting date was read: page, feed, api or file.")
    observed_at: datetime | None = _said("sighting", "When the source was read (UTC); null where unknown.")
    bids_raw: str | None = _said("sighting", "Proposals so far, as shown (may be a bucket).")
    bid_average_raw: str | None = _said("sighting", "Average bid as shown.")
    author_level_raw: str | None = _said("sighting", "Level of the seller or standing of the client.")
    author_rating_raw: str | None = _said("sighting", "Rating of the seller or client.")
    author_reviews_raw: str | None = _said("sighting", "Number of reviews of the seller or client.")
    frame: str = _said(
        "sighting",
        "Sampling frame: `full`, `query`, `panel` or `unknown`; different frames are never spliced.",
        choices=FRAMES,
        default="unknown",
    )
    coverage: str = _said(
        "sighting",
        "What a full frame covers: `census`, `capped` (the newest n) or `unknown`.",
        choices=COVERAGES,
        default="unknown",
    )
    frame_query: str | None = _said("sighting", "The search that a `query` frame stands for.")


@dataclass(frozen=True)
class Field:
    """One field of the contract: its name, Python type, role, allowed values and meaning."""

    name: str
    type: type
    role: Role
    about: str
    choices: tuple[str, ...]
    required: bool


def _plain_type(annotation: Any) -> type:
    if isinstance(annotation, types.UnionType):
        annotation = next(part for part in typing.get_args(annotation) if part is not type(None))
    plain: type = typing.get_origin(annotation) or annotation
    return plain


def _read_fields() -> Iterator[Field]:
    hints = typing.get_type_hints(Listing)
    for spec in dataclasses.fields(Listing):
        yield Field(
            name=spec.name,
            type=_plain_type(hints[spec.name]),
            role=spec.metadata["role"],
            about=spec.metadata["about"],
            choices=spec.metadata["choices"],
            required=spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING,
        )


FIELDS: tuple[Field, ...] = tuple(_read_fields())
BY_NAME: dict[str, Field] = {item.name: item for item in FIELDS}


def names(*roles: Role) -> list[str]:
    """Names of the contract's fields that play one of the roles, in the contract's order."""
    return [item.name for item in FIELDS if item.role in roles]


def digest(parts: list[str]) -> str:
    """Hash of texts in their order: 128 bits of SHA-256 as 32 hex digits."""
    return hashlib.sha256(UNIT_SEPARATOR.join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
