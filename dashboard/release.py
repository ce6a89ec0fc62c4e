"""The current release: what it holds, and answers to questions about it.

Every run of a view resolves the pointer anew, so a release that is published while the app is open is
followed without a restart. No connection outlives a question; answers are cached by release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import polars.selectors as cs
import streamlit as st

from scrapers.errors import GigsError
from warehouse.connect import reading
from warehouse.releases import current

Value = str | int | float | bool | date | None


class DamagedReleaseError(GigsError):
    """The pointer names a release that cannot be read, or that lacks what every view needs."""


@dataclass(frozen=True)
class Question:
    """A query on one mart, with its parameters: what a chart draws, and what a reader may run himself.

    Attributes:
        mart: The mart that it asks, the first one where it joins several.
        sql: DuckDB SQL with `$name` parameters.
        parameters: Their values.
    """

    mart: str
    sql: str
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def as_text(self) -> str:
        """The query with its values written in, ready for any DuckDB client."""
        plain = re.sub(r"\$(\w+)", lambda hit: _literal(self.parameters[hit.group(1)]), self.sql)
        lines = plain.strip("\n").splitlines()
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        return "\n".join(line[indent:].rstrip() for line in lines)


@dataclass(frozen=True)
class Release:
    """One published release.

    Attributes:
        release_id: Its name, as citations give it.
        path: Its DuckDB file.
        published_at: When it was published (UTC).
        collected_to: The last moment at which a listing in it was seen (UTC).
        has_real: Whether it holds listings of real marketplaces.
        has_simulated: Whether it holds invented listings.
        columns: Columns by mart.
    """

    release_id: str
    path: Path
    published_at: datetime | None
    collected_to: datetime | None
    has_real: bool
    has_simulated: bool
    columns: Mapping[str, frozenset[str]]

    def has(self, mart: str, *columns: str) -> bool:
        """Whether the release holds a mart, with all of the columns named."""
        return mart in self.columns and self.columns[mart].issuperset(columns)

    def ask(self, question: Question) -> pl.DataFrame:
        """The answer to a question, from the cache when this release has been asked before."""
        return _answer(str(self.path), question.sql, tuple(question.parameters.items()))


def load(release_id: str | None = None) -> Release:
    """The current release, or the one that a link names.

    Raises:
        NoReleaseError: Nothing has been published yet.
        UsageError: There is no release of that name.
        DamagedReleaseError: The release cannot be read.
    """
    return _describe(str(current(release_id).file))


def newest() -> str | None:
    """Id of the current release; null where the pointer cannot be read at this moment."""
    try:
        return current().release_id
    except GigsError:
        return None


@st.cache_data(show_spinner=False, max_entries=4)
def _describe(path: str) -> Release:
    release_id = Path(path).parent.name
    try:
        with reading(release_id) as con:
            columns: dict[str, set[str]] = {}
            for table, column in con.execute(
                "select table_name, column_name from duckdb_columns() where not internal"
            ).fetchall():
                columns.setdefault(table, set()).add(column)
            missing = {"listings", "sources", "releases"} - columns.keys()
            if missing:
                raise DamagedReleaseError(
                    f"release {release_id} lacks {', '.join(sorted(missing))}",
                    "`gigs build` and `gigs publish` make a new one from the landed listings",
                )
            has_real, has_simulated = con.execute(
                "select coalesce(bool_or(not is_simulated), false), coalesce(bool_or(is_simulated), false)"
                " from sources where n_listings > 0"
            ).fetchall()[0]
            facts = con.execute(
                "select published_at, collected_to from releases where release_id = ?"
                " union all (select published_at, collected_to from releases order by published_at desc)"
                " limit 1",
                [release_id],
            ).fetchall()
    except duckdb.Error as error:
        raise DamagedReleaseError(
            f"release {release_id} cannot be read: {str(error).splitlines()[0]}",
            "`gigs doctor` says what is damaged; `gigs publish` makes a new release",
        ) from None
    published_at, collected_to = facts[0] if facts else (None, None)
    return Release(
        release_id=release_id,
        path=Path(path),
        published_at=published_at,
        collected_to=collected_to,
        has_real=has_real,
        has_simulated=has_simulated,
        columns={table: frozenset(names) for table, names in columns.items()},
    )


@st.cache_data(show_spinner=False, max_entries=600)
def _answer(path: str, sql: str, parameters: tuple[tuple[str, Value], ...]) -> pl.DataFrame:
    release_id = Path(path).parent.name
    try:
        with reading(release_id) as con:
            table = con.sql(sql, params=dict(parameters)).to_arrow_table()
            return pl.DataFrame(table).with_columns(cs.decimal().cast(pl.Float64))
    except duckdb.Error as error:
        raise DamagedReleaseError(
            f"release {release_id} did not answer: {str(error).splitlines()[0]}",
            "`gigs doctor` says what is damaged; `gigs publish` makes a new release",
        ) from None


def _literal(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"
