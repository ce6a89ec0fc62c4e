"""What is remembered of hosts between runs: robots rules, today's pages, and until when to stay away."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ROBOTS_FOR = timedelta(hours=24)
TABLES = """
create table if not exists robots (
    origin text primary key, fetched_at text not null, outcome text not null, body blob
) without rowid;
create table if not exists hosts (
    host text primary key, day text not null default '', pages integer not null default 0,
    not_before text, why text
) without rowid;
"""


@dataclass(frozen=True)
class KnownRobots:
    """The last reading of a robots.txt.

    Attributes:
        fetched_at: When it was read (UTC).
        outcome: `rules`, `none` (no such file: everything is allowed) or why everything is forbidden.
        body: The file, where there are rules.
    """

    fetched_at: datetime
    outcome: str
    body: bytes | None


class HostStore:
    """The memory of hosts, one SQLite file for all sources.

    Args:
        path: The file; null keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", timeout=30, isolation_level=None)
        self._db.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def robots(self, origin: str, now: datetime | None = None) -> KnownRobots | None:
        """The last reading of an origin's robots.txt; with a time, only if it is fresh then."""
        row = self._db.execute(
            "select fetched_at, outcome, body from robots where origin = ?", (origin,)
        ).fetchone()
        if row is None:
            return None
        known = KnownRobots(datetime.fromisoformat(row[0]), row[1], row[2])
        is_fresh = now is None or timedelta(0) <= now - known.fetched_at < ROBOTS_FOR
        return known if is_fresh else None

    def all_robots(self) -> list[dict[str, object]]:
        """All readings: origin, moment, outcome, and until when its host asked to stay away."""
        rows = self._db.execute(
            "select origin, fetched_at, outcome, not_before, why from robots"
            " left join hosts on host = replace(replace(origin, 'https://', ''), 'http://', '')"
            " order by origin"
        )
        names = ("origin", "read_at", "outcome", "stay_away_until", "stay_away_why")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def keep_robots(self, origin: str, known: KnownRobots) -> None:
        """Remember a reading."""
        self._db.execute(
            "insert or replace into robots values (?, ?, ?, ?)",
            (origin, known.fetched_at.isoformat(), known.outcome, known.body),
        )

    def spend(self, host: str, now: datetime, budget: int) -> bool:
        """Take one page from the host's budget of the day; false where it is used up."""
        today = f"{now:%Y-%m-%d}"
        row = self._db.execute(
            "insert into hosts (host, day, pages) values (?1, ?2, 1) on conflict (host) do update"
            " set pages = case when day = ?2 then pages + 1 else 1 end, day = ?2"
            " where ?3 > 0 and (day <> ?2 or pages < ?3) returning pages",
            (host, today, budget),
        ).fetchone()
        return row is not None and budget > 0

    def not_before(self, host: str) -> tuple[datetime, str] | None:
        """Until when to stay away from a host, and why; null where nothing was asked."""
        row = self._db.execute("select not_before, why from hosts where host = ?", (host,)).fetchone()
        return (datetime.fromisoformat(row[0]), row[1]) if row and row[0] else None

    def stay_away(self, host: str, until: datetime, why: str) -> None:
        """Remember until when to stay away; an earlier moment never shortens a later one."""
        self._db.execute(
            "insert into hosts (host, not_before, why) values (?1, ?2, ?3) on conflict (host) do update"
            " set not_before = ?2, why = ?3 where not_before is null or not_before < ?2",
            (host, until.isoformat(), why),
        )
