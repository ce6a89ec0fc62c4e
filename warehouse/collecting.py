"""What collecting has written down goes beside the raw tables, so that a release can show it."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.raw import ensure


def keep(con: duckdb.DuckDBPyConnection, runs: list[dict[str, Any]], robots: list[dict[str, Any]]) -> None:
    """Replace what was kept of collecting before.

    Args:
        con: The build file, open for writing.
        runs: One row a source, as `scrapers.collect_log.run_rows` gives them.
        robots: One row a host, as `scrapers.collect_log.robots_rows` gives them.
    """
    tables: dict[str, list[list[Any]]] = {
        "raw.collecting_runs": [
            [
                *(run[name] for name in ("source", "run_id", "started_at", "outcome", "is_held", "parser")),
                sum(run["pages"].values()),
                *(run[name] for name in ("n_listings", "n_listings_usual")),
                *(run["listings"].get(kind, 0) for kind in ("new", "changed", "same", "gone")),
                *(run[name] for name in ("n_rejected", "alarms")),
                [f"{mark['at'][:10]} (parser {mark['parser']}): {mark['why']}" for mark in run["breaks"]],
            ]
            for run in runs
        ],
        "raw.collecting_refusals": [
            [run["source"], run["run_id"], reason, n]
            for run in runs
            for reason, n in sorted(run["refusals"].items())
        ],
        "raw.robots_readings": [
            [reading[name] for name in ("origin", "read_at", "outcome", "stay_away_until", "stay_away_why")]
            for reading in robots
        ],
    }
    con.execute("begin")
    for table in tables:  # made anew, so that their columns are today's
        con.execute(f"drop table if exists {table}")
    ensure(con)
    for table, rows in tables.items():
        for row in rows:
            con.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
    con.execute("commit")
