"""What a run did, in numbers that add up, and what is different from the weeks before."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scrapers.journal import Journal
from scrapers.summary_alarms import WEEKS, Alarm, alarms
from scrapers.summary_profile import Profile


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
        listings: Listings new, changed, same, repeated, gone, without id.
        rejects: Rejected records by reason.
        unknown: Keys never seen before, with their count.
        left_out: Records left out on purpose and empty pages, by reason.
        timing: Seconds of the whole run, of the average and of the slowest response; bytes received.
        profile: Shares of filled fields and forms of values (`scrapers.summary_profile`).
        alarms: What is different from the last four weeks (`scrapers.summary_alarms`).
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
    unknown: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    timing: dict[str, float] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    alarms: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """Whether an alarm keeps the run from landing until somebody has looked."""
        return any(alarm["holds"] for alarm in self.alarms)

    @classmethod
    def load(cls, journal: Journal, run_id: str) -> RunSummary:
        """The summary that a finished run left in the journal."""
        run = journal.run(run_id)
        if run is None or run["summary"] is None:
            raise LookupError(f"run {run_id} has no summary")
        return cls(**json.loads(run["summary"]))


def summarise(
    journal: Journal,
    run_id: str,
    source: str,
    parser: str,
    now: datetime,
    *,
    seconds: float = 0.0,
    expected: tuple[int, int] | None = None,
) -> RunSummary:
    """The summary of a run that has ended, from the journal's pages and notes."""
    pages = journal.page_counts(run_id)
    notes = journal.notes(run_id)
    profile, rejects, n_rejected = Profile(), dict[str, int](), 0
    for payload in journal.payloads(run_id):
        for _, values in payload["listings"]:
            profile.add(values)
        n_rejected += len({line for line, _, _ in payload["rejects"]})
        for _, name, reason in payload["rejects"]:
            why = f"{name}: {reason}" if name else reason
            rejects[why] = rejects.get(why, 0) + 1
    done = pages.get("done", 0) + pages.get("unmodified", 0) + pages.get("gone", 0)
    missing = sum(pages.get(state, 0) for state in ("waiting", "failed", "refused"))
    run = journal.run(run_id)
    summary = RunSummary(
        run_id=run_id,
        source=source,
        started_at=run["started_at"] if run else now.isoformat(),
        finished_at=now.isoformat(),
        outcome="failed" if not done else "partial" if missing else "complete",
        parser=parser,
        pages=pages,
        refusals=journal.refusals(run_id),
        n_seen=profile.n + n_rejected,
        listings=notes.get("listing", {}),
        rejects=rejects,
        unknown=notes.get("unknown key", {}),
        left_out=notes.get("left out", {}) | notes.get("empty", {}),
        timing=journal.timing(run_id) | {"seconds": round(seconds, 2)},
        profile=profile.facts(),
    )
    before = journal.summaries(source, now - timedelta(weeks=WEEKS), landed=True)
    found: list[Alarm] = alarms(asdict(summary), before, expected)
    return RunSummary(**(asdict(summary) | {"alarms": [asdict(alarm) for alarm in found]}))
