"""What must hold before a release goes up: facts about itself, and comparisons with the last release."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

REQUIRED_MARTS = (
    "listings",
    "listing_days",
    "listing_ai_categories",
    "monthly_counts",
    "monthly_prices",
    "sources",
    "import_runs",
    "quarantine_reasons",
)

NO_SHRINKING = "no source has shrunk"
SHRINK_LIMIT = 0.9
"""A release with fewer than this share of the last one's listings is held back until a person has looked."""


@dataclass(frozen=True)
class Check:
    """One check: its name, whether it passed, and what was found."""

    name: str
    is_ok: bool
    found: str

    def as_dict(self) -> dict[str, object]:
        """For release.json."""
        return asdict(self)


_MUST_BE_ZERO = {
    "listings appear once": "select count(*) - count(distinct listing_id) from listings",
    "no listing comes from the future": (
        "select count(*) from listings where posted_at > current_timestamp::timestamp + interval 1 day"
    ),
    "prices are positive": "select count(*) from listings where price_usd <= 0 or price <= 0",
    "a price in USD has a currency": "select count(*) from listings where price_usd > 0 and currency is null",
    "run counts add up": (
        "select count(*) from import_runs where n_seen <> n_new + n_repeated + n_changed + n_quarantined"
    ),
    "no e-mail address in published texts": (
        r"select count(*) from listings where regexp_matches(coalesce(title, '') || ' ' || "
        r"coalesce(description, ''), '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}')"
    ),
    "no text of sources that may not publish it": (
        "select count(*) from listings join sources using (source)"
        " where not sources.publishes_text and listings.description is not null"
    ),
    "simulated and real listings are told apart": "select count(*) from listings where is_simulated is null",
}


def run_checks(con: duckdb.DuckDBPyConnection, previous: Path | None) -> list[Check]:
    """Check the marts of an open release file, and compare them with the last release's file."""
    there = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    missing = [name for name in REQUIRED_MARTS if name not in there]
    checks = [Check("all marts are there", not missing, f"missing: {', '.join(missing) or 'none'}")]
    if missing:
        return checks
    for name, query in _MUST_BE_ZERO.items():
        (n_wrong,) = con.execute(query).fetchone() or (0,)
        checks.append(Check(name, n_wrong == 0, f"{n_wrong} rows do not"))
    return checks + (_comparisons(con, previous) if previous and previous.exists() else [])


def _comparisons(con: duckdb.DuckDBPyConnection, previous: Path) -> list[Check]:
    con.execute(f"attach '{str(previous).replace(chr(39), chr(39) * 2)}' as previous (read_only)")
    try:
        shrunk = con.execute(
            """
            select old.source, old.n as n_before, coalesce(new.n, 0) as n_now
            from (select source, count(*) as n from previous.listings group by source) as old
            left join (select source, count(*) as n from listings group by source) as new using (source)
            where coalesce(new.n, 0) < ? * old.n order by old.source
            """,
            [SHRINK_LIMIT],
        ).fetchall()
    finally:
        con.execute("detach previous")
    found = ", ".join(f"{source} {before} -> {now}" for source, before, now in shrunk) or "none"
    return [Check(NO_SHRINKING, not shrunk, f"shrunk: {found}")]


def failed(checks: list[Check]) -> list[Check]:
    """The checks that did not pass."""
    return [check for check in checks if not check.is_ok]
