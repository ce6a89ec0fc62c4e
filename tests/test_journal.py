"""The journal opened by several at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from scrapers.journal import Journal


def test_a_new_journal_is_opened_by_several_at_once(tmp_path: Path) -> None:
    """A crawl and its reader start together; whoever comes second waits and is not turned away."""
    together = Barrier(4)

    def open_it(number: int) -> int:
        together.wait()
        journal = Journal(tmp_path / str(number // 4) / "journal.sqlite")
        found: int = journal.db.execute("select count(*) from runs").fetchone()[0]
        journal.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_it, range(160))) == [0] * 160
