"""The register of what was seen before: tells new listings from changed, unchanged and vanished ones."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from datetime import datetime
from urllib.parse import urlsplit

from scrapers.listing import Listing, digest, names

CONTENT = names("content")


def content_hash(item: Listing) -> str:
    """Hash of what a listing says; the moment of fetching has no part in it."""
    values = item.__dict__
    return digest(["" if values[name] is None else str(values[name]) for name in CONTENT])


class Register:
    """Tables `seen` and `validators` of the journal; the journal opens the transactions.

    Args:
        db: The journal's connection.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def see(
        self, run_id: str, source: str, at: str, listings: list[tuple[int, Listing]]
    ) -> Counter[tuple[str, str]]:
        """Note a page's listings as seen; counts them as new, changed, same or repeated."""
        known = self.known(source, [item for _, item in listings])
        counts: Counter[tuple[str, str]] = Counter()
        sightings = []
        for _, item in listings:
            if item.native_id is None:
                counts["listing", "without id"] += 1
                continue
            content = content_hash(item)
            before, run_before = known.get(item.native_id, (None, None))
            if before is None:
                kind = "new"
            elif run_before == run_id:
                kind = "repeated"
            else:
                kind = "same" if before == content else "changed"
            counts["listing", kind] += 1
            known[item.native_id] = (content, run_id)
            sightings.append((source, item.native_id, content, item.url, at, at, run_id))
        self.db.executemany(
            "insert into seen values (?, ?, ?, ?, ?, ?, ?, null) on conflict (source, native_id) do"
            " update set content = excluded.content, url = excluded.url, last_seen = excluded.last_seen,"
            " last_run = excluded.last_run, gone_at = null",
            sightings,
        )
        return counts

    def see_again(self, run_id: str, source: str, url: str, at: str) -> Counter[tuple[str, str]]:
        """Note the listings of an unmodified page as seen again."""
        row = self.db.execute(
            "select native_ids from validators where source = ? and url = ?", (source, url)
        ).fetchone()
        ids = json.loads(row["native_ids"]) if row else []
        self.db.executemany(
            "update seen set last_seen = ?, last_run = ? where source = ? and native_id = ?",
            ((at, run_id, source, native_id) for native_id in ids),
        )
        return Counter({("listing", "same"): len(ids)}) if ids else Counter()

    def see_gone(self, source: str, url: str, at: str) -> Counter[tuple[str, str]]:
        """Note a listing whose page is gone; its path names it, whichever host served it."""
        path = urlsplit(url).path
        changed = self.db.execute(
            "update seen set gone_at = ?1 where source = ?2 and gone_at is null and length(?3) > 1"
            " and substr(url, -length(?3)) = ?3",
            (at, source, path),
        ).rowcount
        return Counter({("listing", "gone"): changed}) if changed > 0 else Counter()

    def known(self, source: str, listings: list[Listing]) -> dict[str, tuple[str, str]]:
        """Of the listings that were seen before: what they said last (its hash), and in which run."""
        ids = json.dumps([item.native_id for item in listings if item.native_id is not None])
        rows = self.db.execute(
            "select native_id, content, last_run from seen"
            " where source = ? and native_id in (select value from json_each(?))",
            (source, ids),
        )
        return {row["native_id"]: (row["content"], row["last_run"]) for row in rows}

    def forget(self, source: str, native_ids: list[str]) -> int:
        """Remove listings from the register of what was seen; returns how many there were."""
        before = self.db.total_changes
        self.db.executemany(
            "delete from seen where source = ? and native_id = ?", ((source, id_) for id_ in native_ids)
        )
        return self.db.total_changes - before

    def due(self, source: str, days: tuple[int, ...], now: datetime, limit: int) -> list[str]:
        """Addresses of known listings that passed a day of the schedule since they were last seen."""
        rows = self.db.execute(
            "select distinct url from seen, json_each(?) as schedule where source = ?"
            " and gone_at is null and url is not null"
            " and julianday(first_seen) + schedule.value <= julianday(?)"
            " and julianday(last_seen) < julianday(first_seen) + schedule.value"
            " order by last_seen limit ?",
            (json.dumps(days), source, now.isoformat(), limit),
        )
        return [row["url"] for row in rows]
