"""Erasure in the archives: responses that hold a listing to be forgotten are taken out.

A response is one sealed record, so the whole page leaves, with the other listings on it; what was landed from
it stays, but for the listing that is erased.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scrapers.archive import SOURCE_HEADER, files, rewrite
from scrapers.journal import Journal
from scrapers.listing import Listing
from scrapers.page import Page
from scrapers.reading import judge
from scrapers.replay import spider_for

_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""A page's time plays no part in which listings it holds."""


def forget(home: Path, is_forgotten: Callable[[Listing], bool]) -> int:
    """Take every response out of the archives that holds a listing to be forgotten.

    Args:
        home: Data folder.
        is_forgotten: Told each listing, with its `platform`, `native_id` and `author_id`.

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
            return not any(is_forgotten(item) for _, item in judge(spider, page).listings)

        n_removed += sum(rewrite(path, is_kept) for path in files(folder))
    return n_removed


def forget_in_journal(home: Path, source: str, native_ids: list[str]) -> int:
    """Take listings out of the journal's register of what was seen.

    Returns:
        Entries that were removed.
    """
    path = home / "collecting" / "journal.sqlite"
    if not path.exists():
        return 0
    journal = Journal(path)
    n_removed = journal.register.forget(source, native_ids)
    journal.close()
    return n_removed
