"""Erasure in archives and journal: what holds a listing to be forgotten is taken out.

A response is one sealed record, so the whole page leaves, with the other listings on it; what was landed from
it stays, but for the listing that is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from scrapers.archive import SOURCE_HEADER, files, rewrite
from scrapers.journal import Journal
from scrapers.page import Page
from scrapers.reading import judge
from scrapers.replay import spider_for

_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""A page's time plays no part in which listings it holds."""


IsForgotten = Callable[[str, str | None, str | None], bool]
"""Told platform, native id and author id of a listing."""


def forget(home: Path, is_forgotten: IsForgotten) -> int:
    """Take every response out of the archives that holds a listing to be forgotten.

    Args:
        home: Data folder.
        is_forgotten: Whether a listing is to be forgotten.

    Returns:
        Responses that were removed.
    """
    n_removed = 0
    for folder in sorted(path for path in (home / "archive").glob("*") if path.is_dir()):

        def is_kept(url: str, body: bytes, source: str = folder.name) -> bool:
            page = Page(url, body, _ANY_TIME, headers={SOURCE_HEADER: source})
            spider = spider_for(page)
            if spider is None:
                return True
            return not any(
                is_forgotten(item.platform, item.native_id, item.author_id)
                for _, item in judge(spider, page).listings
            )

        n_removed += sum(rewrite(path, is_kept) for path in files(folder))
    return n_removed


def forget_in_journal(home: Path, is_forgotten: IsForgotten, natives: Iterable[tuple[str, str]]) -> int:
    """Take listings out of the journal: the register of what was seen, and runs that have not landed.

    Args:
        home: Data folder.
        is_forgotten: Whether a listing is to be forgotten.
        natives: Sources and native ids that are known to be concerned.

    Returns:
        Listings that were removed; the file is written anew, so that their bytes are gone.
    """
    path = home / "collecting" / "journal.sqlite"
    if not path.exists():
        return 0
    journal = Journal(path)
    n_removed = journal.forget(is_forgotten, natives)
    journal.close()
    return n_removed
