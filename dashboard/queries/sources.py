"""Questions about where the data come from: sources, runs, rejects, freshness, and what each column means."""

from __future__ import annotations

from dashboard.release import Question


def sources(is_simulated: bool) -> Question:
    """All sources of one world: facts, counts and coverage; one row a source."""
    return Question(
        "sources",
        """
        select *
        from sources
        where is_simulated = $is_simulated
        order by n_listings desc nulls last, source""",
        {"is_simulated": is_simulated},
    )


def recent(is_simulated: bool) -> Question:
    """Listings seen in the last seven days of the release, and in an average week of the four before."""
    return Question(
        "listing_days",
        """
        with last as (
          select max(seen_on) as day
          from listing_days
        )
        select source,
          count(*) filter (seen_on > last.day - 7)::bigint as n_week,
          count(*) filter (seen_on <= last.day - 7) / 4 as n_usual
        from listing_days, last
        where seen_on > last.day - 35
          and source in (select source from sources where is_simulated = $is_simulated)
        group by source""",
        {"is_simulated": is_simulated},
    )


def sizes() -> Question:
    """Rows of every mart, as the file's own statistics say."""
    return Question(
        "duckdb_tables()",
        """
        select table_name as mart, estimated_size as n_rows, comment as grain
        from duckdb_tables()
        where not internal
        order by table_name""",
    )


def runs(is_simulated: bool) -> Question:
    """The last 200 runs of the sources of one world, the newest first."""
    return Question(
        "import_runs",
        """
        select runs.*
        from import_runs as runs
        join sources using (source)
        where sources.is_simulated = $is_simulated
        order by started_at desc nulls last, run_id
        limit 200""",
        {"is_simulated": is_simulated},
    )


def rejects(is_simulated: bool) -> Question:
    """Rows that were quarantined, by source and reason."""
    return Question(
        "quarantine_reasons",
        """
        select source, reason, field, sum(n_rows)::bigint as n_rows, min(first_line) as first_line
        from quarantine_reasons
        join sources using (source)
        where sources.is_simulated = $is_simulated
        group by source, reason, field
        order by n_rows desc, source""",
        {"is_simulated": is_simulated},
    )


def collecting(is_simulated: bool) -> Question:
    """The last run of each collected source of one world, beside its four weeks before."""
    return Question(
        "collecting_runs",
        """
        select coalesce(sources.title, runs.source) as title, runs.*,
          array_to_string(alarms, '; ') as alarm_words, array_to_string(breaks, '; ') as break_words
        from collecting_runs as runs
        left join sources using (source)
        where coalesce(sources.is_simulated, runs.source like 'simulated%') = $is_simulated
        order by runs.started_at desc, runs.source""",
        {"is_simulated": is_simulated},
    )


def refusals(is_simulated: bool) -> Question:
    """Pages of the last runs that were not read, by source and reason."""
    return Question(
        "collecting_refusals",
        """
        select coalesce(sources.title, pages.source) as title, pages.reason, pages.n_pages
        from collecting_refusals as pages
        left join sources using (source)
        where coalesce(sources.is_simulated, pages.source like 'simulated%') = $is_simulated
        order by n_pages desc, title, reason""",
        {"is_simulated": is_simulated},
    )


def robots() -> Question:
    """The last reading of each host's robots.txt."""
    return Question("robots_readings", "select * from robots_readings order by read_at desc, origin")


def volume(is_simulated: bool) -> Question:
    """Dated listings by month, source and side, reposts left out."""
    return Question(
        "monthly_counts",
        """
        select source, side, frame, month_on, sum(n_listings)::bigint as n_listings,
          sum(n_ai)::bigint as n_ai, sum(n_reposts)::bigint as n_reposts
        from monthly_counts
        where is_simulated = $is_simulated and month_on is not null
        group by source, side, frame, month_on
        order by source, side, frame, month_on""",
        {"is_simulated": is_simulated},
    )


def releases() -> Question:
    """Releases that this one knows of, the newest first."""
    return Question("releases", "select * from releases order by published_at desc")


def dictionary() -> Question:
    """Every column of every mart with the meaning that is stored in the file."""
    return Question(
        "duckdb_columns()",
        """
        select tables.table_name as mart, tables.comment as grain, columns.column_name as column,
          lower(columns.data_type) as type, columns.comment as meaning
        from duckdb_columns() as columns
        join (
          select table_name, comment from duckdb_tables() where not internal
          union all select view_name, comment from duckdb_views() where not internal
        ) as tables using (table_name)
        where not columns.internal
        order by mart, columns.column_index""",
    )


def coverage() -> Question:
    """How often intervals hold the planted truth in simulated markets; one row an effect."""
    return Question("interval_coverage", "select * from interval_coverage order by verdict desc, effect")
