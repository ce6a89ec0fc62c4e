"""What is known of a source before anything is read from it: permission, frame, money and clock habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["open", "terms", "own", "import"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Facts of one source: a marketplace that a spider reads, or a dataset that is imported.

    They feed the `sources` mart and the Sources view, and tell the parsers how the source writes money and
    dates. A fact that is not known is null; nothing is guessed from it.

    Attributes:
        name: Short key, also the name of the landing folder.
        title: Name for readers.
        platform: Marketplace key that identifies its listings.
        mode: Permission: `open`, `terms`, `own` or `import`.
        homepage: Where the source or dataset is described.
        terms_url: Its terms of service or licence.
        terms_note: What those terms say, and when they were read.
        licence: Licence of the data, or null.
        frame: Sampling frame of its listings.
        coverage: Coverage of a full frame.
        frame_query: The search behind a query frame.
        side: The side it shows: `request`, `offer` or `both`.
        engagement: Kind of engagement when the source has only one.
        currency: ISO 4217 code that the source documents for a bare symbol.
        locale: How it writes numbers and words (such as `es`, `pt_BR`).
        time_zone: IANA zone of dates without one.
        date_order: `DMY`, `MDY` or `YMD` for ambiguous dates.
        retention_days: Days that its raw texts may be kept; null is no limit.
        publishes_text: Whether titles and descriptions may stand in public files.
        is_simulated: True where the listings are invented; every chart then says so.
        verified: False where no real page or file was at hand when the parser was written.
        expected_daily: Listings that a healthy day brings, lowest and highest.
    """

    name: str
    title: str
    platform: str
    mode: Mode = "import"
    homepage: str | None = None
    terms_url: str | None = None
    terms_note: str | None = None
    licence: str | None = None
    frame: str = "unknown"
    coverage: str = "unknown"
    frame_query: str | None = None
    side: str = "request"
    engagement: str = "unknown"
    currency: str | None = None
    locale: str | None = None
    time_zone: str = "UTC"
    date_order: str | None = None
    retention_days: int | None = None
    publishes_text: bool = False
    is_simulated: bool = False
    verified: bool = True
    expected_daily: tuple[int, int] | None = None
