"""What collecting has written down so far, as plain rows: for the sources page, alarms and reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from scrapers.gate.hosts import HostStore
from scrapers.journal import Journal
from scrapers.summary_alarms import WEEKS


def run_rows(home: Path) -> list[dict[str, Any]]:
    """One row a source: its last run beside the four weeks before.

    Args:
        home: Data folder.

    Returns:
        Rows with `source`, `run_id`, `started_at`, `outcome`, `is_held`, `parser`, `n_listings`,
        `n_listings_usual` (median of the weeks before, or null), `listings` (counts of new, changed, same and
        gone ones), `n_rejected`, `pages` and `refusals` (counts
        by state and reason), `coverage` (share of filled fields), `alarms` (as text) and `breaks` (accepted
        changes).
    """
    path = home / "collecting" / "journal.sqlite"
    if not path.exists():
        return []
    journal = Journal(path)
    rows = []
    for source in journal.sources():
        summaries = journal.summaries(source, datetime(1970, 1, 1, tzinfo=UTC))
        if not summaries:
            continue
        last = summaries[-1]
        weeks_ago = datetime.fromisoformat(last["started_at"]) - timedelta(weeks=WEEKS)
        before = [item for item in summaries[:-1] if datetime.fromisoformat(item["started_at"]) >= weeks_ago]
        rows.append(
            {
                "source": source,
                "run_id": last["run_id"],
                "started_at": last["started_at"],
                "outcome": last["outcome"],
                "is_held": last["run_id"] in journal.held(source),
                "parser": last["parser"],
                "n_listings": last["profile"]["n"],
                "n_listings_usual": median([item["profile"]["n"] for item in before]) if before else None,
                "listings": last["listings"],
                "n_rejected": sum(last["rejects"].values()),
                "pages": last["pages"],
                "refusals": last["refusals"],
                "coverage": last["profile"]["coverage"],
                "alarms": [
                    f"{alarm['kind']} {alarm['about']}: {alarm['message']}" for alarm in last["alarms"]
                ],
                "breaks": journal.breaks(source),
            }
        )
    journal.close()
    return rows


def robots_rows(home: Path) -> list[dict[str, Any]]:
    """One row a host: when its robots.txt was read last, what came of it, and until when to stay away."""
    path = home / "collecting" / "hosts.sqlite"
    if not path.exists():
        return []
    store = HostStore(path)
    rows = store.all_robots()
    store.close()
    return rows
