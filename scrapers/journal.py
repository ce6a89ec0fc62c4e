"""The journal of collecting: one SQLite file that makes a run resumable, and knows what was seen before.

Every page of a run is one row. A page's outcome, its listings and the further pages it leads to are written
in one transaction, so a run that is killed anywhere continues where it was: a page that is done is never
fetched again, a page that is not done has left no trace. Listings wait here, as read, until landing has taken
them; then they are removed.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from scrapers.listing import Listing
from scrapers.page import Note, Reject
from scrapers.register import Register

TRIES = 3
TABLES = """
create table if not exists runs (
    run_id text primary key, source text not null, started_at text not null, options text not null,
    finished_at text, outcome text, landed_at text, held integer not null default 0, summary text
);
create table if not exists breaks (
    source text not null, run_id text not null, at text not null, parser text not null, why text not null,
    primary key (source, run_id)
);
create table if not exists pages (
    position integer primary key, run_id text not null, url text not null,
    state text not null default 'waiting', tries integer not null default 0, status integer,
    kind text, reason text, fetched_at text, seconds real, size integer, payload blob,
    unique (run_id, url)
);
create index if not exists pages_by_state on pages (run_id, state, position);
create table if not exists notes (
    run_id text not null, kind text not null, detail text not null, n integer not null,
    primary key (run_id, kind, detail)
);
create table if not exists seen (
    source text not null, native_id text not null, content text not null, url text,
    first_seen text not null, last_seen text not null, last_run text not null, gone_at text,
    primary key (source, native_id)
) without rowid;
create table if not exists validators (
    source text not null, url text not null, etag text, last_modified text, native_ids text not null,
    primary key (source, url)
) without rowid;
"""


@dataclass
class Outcome:
    """What became of one page."""

    state: str
    kind: str | None = None
    reason: str | None = None
    status: int | None = None
    fetched_at: datetime | None = None
    seconds: float | None = None
    size: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    was_tried: bool = True
    listings: list[tuple[int, Listing]] = field(default_factory=list)
    rejects: list[tuple[int, Reject]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    follow: list[str] = field(default_factory=list)


class Journal:
    """The journal file; one connection of one process."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.register = Register(self.db)
        # SQLite does not wait for others that turn the write-ahead log on in a new file: it gives up at once
        with FileLock(f"{path}.lock", timeout=30):
            self.db.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + TABLES)
        path.chmod(0o600)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    # Runs

    def begin(self, run_id: str, source: str, started_at: datetime, options: dict[str, Any]) -> None:
        """Record a run; nothing happens where it is known already."""
        self.db.execute(
            "insert or ignore into runs (run_id, source, started_at, options) values (?, ?, ?, ?)",
            (run_id, source, started_at.isoformat(), json.dumps(options)),
        )

    def unlanded(self, source: str) -> sqlite3.Row | None:
        """The run of a source that is neither landed nor held, or null."""
        found: sqlite3.Row | None = self.db.execute(
            "select * from runs where source = ? and landed_at is null and not held"
            " order by started_at limit 1",
            (source,),
        ).fetchone()
        return found

    def run(self, run_id: str) -> sqlite3.Row | None:
        """One run, or null."""
        found: sqlite3.Row | None = self.db.execute(
            "select * from runs where run_id = ?", (run_id,)
        ).fetchone()
        return found

    def finish(self, run_id: str, finished_at: datetime, outcome: str, summary: str, held: bool) -> None:
        """Close a run with its outcome and summary (JSON); a held run does not land by itself."""
        self.db.execute(
            "update runs set finished_at = ?, outcome = ?, summary = ?, held = ? where run_id = ?",
            (finished_at.isoformat(), outcome, summary, held, run_id),
        )

    def held(self, source: str) -> list[str]:
        """Runs of a source that wait for somebody to look at their alarms, oldest first."""
        rows = self.db.execute(
            "select run_id from runs where source = ? and held and landed_at is null order by started_at",
            (source,),
        )
        return [row["run_id"] for row in rows]

    def accept(self, run_id: str, at: datetime, why: str) -> None:
        """Let a held run land: what changed is real. The break is marked with its reason."""
        with self._transaction():
            self.db.execute("update runs set held = 0 where run_id = ?", (run_id,))
            self.db.execute(
                "insert or replace into breaks select source, run_id, ?,"
                " coalesce(json_extract(summary, '$.parser'), ''), ? from runs where run_id = ?",
                (at.isoformat(), why, run_id),
            )

    def breaks(self, source: str) -> list[dict[str, Any]]:
        """Accepted changes of a source: when, by which parser, why."""
        rows = self.db.execute("select * from breaks where source = ? order by at", (source,))
        return [dict(row) for row in rows]

    def landed(self, run_id: str, landed_at: datetime) -> None:
        """Landing has the run's listings: they leave the journal."""
        with self._transaction():
            self.db.execute("update runs set landed_at = ? where run_id = ?", (landed_at.isoformat(), run_id))
            self.db.execute("update pages set payload = null where run_id = ?", (run_id,))

    def summaries(self, source: str, since: datetime, *, landed: bool = False) -> list[dict[str, Any]]:
        """Summaries of a source's finished runs since a moment, oldest first, or only landed ones."""
        rows = self.db.execute(
            "select summary from runs where source = ? and started_at >= ? and summary is not null"
            " and (landed_at is not null or not ?) order by started_at",
            (source, since.isoformat(), landed),
        )
        return [json.loads(row["summary"]) for row in rows]

    def sources(self) -> list[str]:
        """Names of all sources that have runs."""
        return [row["source"] for row in self.db.execute("select distinct source from runs order by 1")]

    def expire(self, source: str, texts_before: datetime, pages_before: datetime) -> int:
        """Let go of what runs held (texts that were never landed), and later of their pages' addresses.

        Returns:
            Pages whose texts were removed.
        """
        old = "run_id in (select run_id from runs where source = ? and started_at < ?)"
        with self._transaction():
            n_removed = self.db.execute(
                f"update pages set payload = null where payload is not null and {old}",
                (source, texts_before.isoformat()),
            ).rowcount
            self.db.execute(f"delete from pages where {old}", (source, pages_before.isoformat()))
        return n_removed

    def forget(
        self,
        is_forgotten: Callable[[str, str | None, str | None], bool],
        natives: Iterable[tuple[str, str]],
    ) -> int:
        """Remove listings, told by platform, native id and author id or named with their source.

        Returns:
            Listings and entries of the register that were removed. Pages that showed one are no longer known
            as unmodified, so that they are read, and the listing kept out, when they come again.
        """
        named = set(natives)
        n_removed = 0
        with self._transaction():
            held = self.db.execute(
                "select position, pages.run_id, source, payload from pages inner join runs using (run_id)"
                " where payload is not null"
            ).fetchall()
            for row in held:
                payload = json.loads(zlib.decompress(row["payload"]))
                kept = []
                for line, item in payload["listings"]:
                    told = (item["platform"], item.get("native_id"), item.get("author_id"))
                    if is_forgotten(*told) or (row["source"], item.get("native_id")) in named:
                        named |= {(row["source"], item["native_id"])} if item.get("native_id") else set()
                        n_removed += 1
                    else:
                        kept.append([line, item])
                if len(kept) < len(payload["listings"]):
                    packed = zlib.compress(json.dumps(payload | {"listings": kept}).encode(), 1)
                    self.db.execute(
                        "update pages set payload = ? where position = ?", (packed, row["position"])
                    )
            for source, native_id in sorted(named):
                n_removed += self.register.forget(source, [native_id])
                self.db.execute(
                    "delete from validators where source = ? and exists"
                    " (select 1 from json_each(native_ids) where value = ?)",
                    (source, native_id),
                )
        if n_removed:  # a mere delete would leave the bytes in free pages and in the log
            self.db.execute("vacuum")
            self.db.execute("pragma wal_checkpoint(truncate)")
        return n_removed

    def carry_over(self, source: str, run_id: str, since: datetime) -> None:
        """Take the pages that a recent run of the source had to leave into a new run."""
        with self._transaction():
            self.db.execute(
                "insert or ignore into pages (run_id, url) select ?, url from pages where state = 'waiting'"
                " and run_id in (select run_id from runs where source = ? and finished_at >= ?)",
                (run_id, source, since.isoformat()),
            )
            self.db.execute(
                "update pages set state = 'carried over' where state = 'waiting' and run_id in"
                " (select run_id from runs where source = ? and finished_at is not null)",
                (source,),
            )

    # Pages

    def add_pages(self, run_id: str, urls: Iterable[str]) -> None:
        """Put pages into the run's queue; a page that is in it already stays as it is."""
        self.db.executemany(
            "insert or ignore into pages (run_id, url) values (?, ?)", ((run_id, url) for url in urls)
        )

    def waiting(self, run_id: str, limit: int) -> list[str]:
        """Addresses still to be fetched, in their order."""
        rows = self.db.execute(
            "select url from pages where run_id = ? and state = 'waiting' order by position limit ?",
            (run_id, limit),
        )
        return [row["url"] for row in rows]

    def tries(self, run_id: str, url: str) -> int:
        """How often a page was asked for in this run."""
        row = self.db.execute(
            "select tries from pages where run_id = ? and url = ?", (run_id, url)
        ).fetchone()
        return int(row["tries"]) if row else 0

    def validator(self, source: str, url: str) -> sqlite3.Row | None:
        """ETag and Last-Modified of the last time a page was read, or null."""
        found: sqlite3.Row | None = self.db.execute(
            "select etag, last_modified from validators where source = ? and url = ?", (source, url)
        ).fetchone()
        return found

    def commit(self, run_id: str, source: str, url: str, outcome: Outcome) -> None:
        """Write a page's outcome with its listings, notes and further pages, all or nothing.

        A page to be tried again waits, unless it was asked for `TRIES` times.
        """
        state = outcome.state
        if state == "retry":
            state = "failed" if self.tries(run_id, url) + 1 >= TRIES else "waiting"
        payload = {
            "listings": [[line, _plain(item)] for line, item in outcome.listings],
            "rejects": [[line, item.field, item.reason] for line, item in outcome.rejects],
        }
        packed = (
            zlib.compress(json.dumps(payload, default=datetime.isoformat).encode(), 1)
            if any(payload.values())
            else None
        )
        at = outcome.fetched_at.isoformat() if outcome.fetched_at else None
        with self._transaction():
            self.db.execute(
                "update pages set state = ?, tries = tries + ?, status = ?, kind = ?, reason = ?,"
                " fetched_at = ?, seconds = ?, size = ?, payload = ? where run_id = ? and url = ?",
                (
                    *(state, int(outcome.was_tried), outcome.status, outcome.kind),
                    *(outcome.reason, at, outcome.seconds, outcome.size, packed, run_id, url),
                ),
            )
            self.add_pages(run_id, outcome.follow)
            counts: Counter[tuple[str, str]] = Counter((note.kind, note.detail) for note in outcome.notes)
            counts.update(self.register.see(run_id, source, at or "", outcome.listings))
            if outcome.state == "unmodified":
                counts.update(self.register.see_again(run_id, source, url, at or ""))
            if outcome.state == "gone":
                counts.update(self.register.see_gone(source, url, at or ""))
            if outcome.state == "done" and (outcome.etag or outcome.last_modified):
                ids = json.dumps([item.native_id for _, item in outcome.listings if item.native_id])
                self.db.execute(
                    "insert or replace into validators values (?, ?, ?, ?, ?)",
                    (source, url, outcome.etag, outcome.last_modified, ids),
                )
            self._count(run_id, counts)

    def _count(self, run_id: str, counts: Counter[tuple[str, str]]) -> None:
        self.db.executemany(
            "insert into notes values (?, ?, ?, ?)"
            " on conflict (run_id, kind, detail) do update set n = n + excluded.n",
            ((run_id, kind, detail, n) for (kind, detail), n in counts.items()),
        )

    # Reading a run

    def payloads(self, run_id: str) -> Iterator[dict[str, Any]]:
        """What the run's pages held, in the order in which the pages were found."""
        last = -1
        while True:
            rows = self.db.execute(
                "select position, payload from pages where run_id = ? and position > ?"
                " and payload is not null order by position limit 50",
                (run_id, last),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                yield json.loads(zlib.decompress(row["payload"]))
            last = rows[-1]["position"]

    def notes(self, run_id: str) -> dict[str, dict[str, int]]:
        """Counts by kind and detail."""
        found: dict[str, dict[str, int]] = {}
        for row in self.db.execute("select kind, detail, n from notes where run_id = ?", (run_id,)):
            found.setdefault(row["kind"], {})[row["detail"]] = row["n"]
        return found

    def page_counts(self, run_id: str) -> dict[str, int]:
        """Pages by state."""
        rows = self.db.execute("select state, count(*) n from pages where run_id = ? group by 1", (run_id,))
        return {row["state"]: row["n"] for row in rows}

    def refusals(self, run_id: str) -> dict[str, int]:
        """Pages that were not read, by kind and reason."""
        rows = self.db.execute(
            "select kind || ': ' || reason as why, count(*) n from pages"
            " where run_id = ? and reason is not null group by 1",
            (run_id,),
        )
        return {row["why"]: row["n"] for row in rows}

    def timing(self, run_id: str) -> dict[str, float]:
        """Bytes of all pages, and the slowest and the average response in seconds."""
        row = self.db.execute(
            "select coalesce(sum(size), 0) bytes, coalesce(max(seconds), 0) slowest,"
            " coalesce(avg(seconds), 0) average from pages where run_id = ?",
            (run_id,),
        ).fetchone()
        return {name: round(float(row[name]), 3) for name in ("bytes", "slowest", "average")}

    def _transaction(self) -> _Transaction:
        return _Transaction(self.db)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> None:
        self.db.execute("begin immediate")

    def __exit__(self, kind: object, *_: object) -> None:
        self.db.execute("commit" if kind is None else "rollback")


def _plain(item: Listing) -> dict[str, Any]:
    return {name: value for name, value in item.__dict__.items() if value is not None and value != []}
