"""What a run did, in numbers that add up."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scrapers.journal import Journal


@dataclass(frozen=True)
class RunSummary:
    """Numbers of one run.

    Attributes:
        run_id: The run.
        source: Name of the source.
        started_at: The run's time, ISO 8601.
        finished_at: When it ended.
        outcome: `complete`, `partial` (something is missing) or `failed` (nothing could be read).
        parser: Version of the parser.
        pages: Pages by state: done, unmodified, gone, refused, failed, waiting.
        refusals: Pages by reason.
        n_seen: Records read: listings and rejects.
        listings: Listings new, changed, same, repeated, gone.
        rejects: Rejected records by reason.
        coverage: Share of listings that fill a field.
        unknown: Keys never seen before, with their count.
        left_out: Records left out on purpose, by reason.
    """

    run_id: str
    source: str
    started_at: str
    finished_at: str
    outcome: str
    parser: str
    pages: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    n_seen: int = 0
    listings: dict[str, int] = field(default_factory=dict)
    rejects: dict[str, int] = field(default_factory=dict)
    coverage: dict[str, float] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, journal: Journal, run_id: str) -> RunSummary:
        """The summary that a finished run left in the journal."""
        run = journal.run(run_id)
        if run is None or run["summary"] is None:
            raise LookupError(f"run {run_id} has no summary")
        return cls(**json.loads(run["summary"]))


def summarise(
    journal: Journal, run_id: str, source: str, parser: str, now: datetime
) -> tuple[str, dict[str, Any]]:
    """Outcome and summary of a run that has ended, from the journal's pages and notes."""
    pages = journal.page_counts(run_id)
    notes = journal.notes(run_id)
    n_listings, filled, rejects = 0, dict[str, int](), dict[str, int]()
    n_rejected = 0
    for payload in journal.payloads(run_id):
        n_listings += len(payload["listings"])
        for _, values in payload["listings"]:
            for name in values:
                filled[name] = filled.get(name, 0) + 1
        n_rejected += len({line for line, _, _ in payload["rejects"]})
        for _, _, reason in payload["rejects"]:
            rejects[reason] = rejects.get(reason, 0) + 1
    done = pages.get("done", 0) + pages.get("unmodified", 0) + pages.get("gone", 0)
    missing = sum(pages.get(state, 0) for state in ("waiting", "failed", "refused"))
    outcome = "failed" if not done else "partial" if missing else "complete"
    run = journal.run(run_id)
    summary = {
        "run_id": run_id,
        "source": source,
        "started_at": run["started_at"] if run else now.isoformat(),
        "finished_at": now.isoformat(),
        "outcome": outcome,
        "parser": parser,
        "pages": pages,
        "refusals": _refusals(journal, run_id),
        "n_seen": n_listings + n_rejected,
        "listings": notes.get("listing", {}),
        "rejects": rejects,
        "coverage": {name: round(n / n_listings, 4) for name, n in sorted(filled.items())},
        "unknown": notes.get("unknown key", {}),
        "left_out": notes.get("left out", {}) | notes.get("empty", {}),
    }
    return outcome, summary


def _refusals(journal: Journal, run_id: str) -> dict[str, int]:
    rows = journal.db.execute(
        "select kind || ': ' || reason as why, count(*) n from pages"
        " where run_id = ? and reason is not null group by 1",
        (run_id,),
    )
    return {row["why"]: row["n"] for row in rows}
