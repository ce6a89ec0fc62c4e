"""Classify listings in memory: the seeds and the SQL of the dbt project, without dbt.

The macros in `transform/macros` hold the one implementation. dbt compiles them for the warehouse; this
module compiles the same files with plain Jinja for a table at hand, so both run the same statement.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import polars as pl

from transform.steps.classify_seeds import check_seeds

PROJECT = Path(__file__).resolve().parent.parent
SEEDS = PROJECT / "seeds"
SEED_NAMES = ("ai_categories", "ai_signals", "ai_terms", "ai_near", "ai_rules", "ai_weights")
MACRO_FILES = (
    "engine_functions",
    "classify_patterns",
    "classify",
    "classify_listings",
    "classify_language",
    "occupation_words",
)

INPUT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "listing_id": pl.String,
    "title": pl.String,
    "description": pl.String,
    "skills": pl.List(pl.String),
    "native_category": pl.String,
}
"""What the statement needs of a relation; more columns do no harm."""


def read_seed(name: str, folder: Path = SEEDS) -> list[dict[str, str]]:
    """Rows of a seed file as texts, in file order."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)


def _macros() -> str:
    return "\n".join((PROJECT / "macros" / f"{name}.sql").read_text("utf-8") for name in MACRO_FILES)


def compile_statement(con: duckdb.DuckDBPyConnection, expression: str) -> str:
    """Text of a macro call, for instance ``classify_statement('listings', 'decisions')``.

    Args:
        con: Connection in which the seeds stand as tables (see `load_seeds`).
        expression: The call, as a dbt model would write it between braces.
    """

    def run_query(sql: str) -> SimpleNamespace:
        found = con.execute(sql)
        names = [column[0] for column in found.description or ()]
        return SimpleNamespace(rows=[dict(zip(names, row, strict=True)) for row in found.fetchall()])

    template = _environment().from_string(_macros() + "{{ " + expression + " }}")
    return template.render(
        run_query=run_query,
        ref=lambda name: name,
        target=SimpleNamespace(type="duckdb"),
    ).strip()


def load_seeds(con: duckdb.DuckDBPyConnection, folder: Path = SEEDS) -> None:
    """Make a table of texts of every seed that the classifier reads.

    Raises:
        ConfigError: A row of a seed is wrong; file and line are named.
    """
    check_seeds(folder)
    for name in SEED_NAMES:
        columns = read_seed(name, folder)
        frame = pl.DataFrame(columns, infer_schema_length=None).with_columns(
            pl.when(pl.all() == "").then(None).otherwise(pl.all()).name.keep()
        )
        con.register(f"{name}_frame", frame)
        con.execute(f"create or replace table {name} as select * from {name}_frame")
        con.unregister(f"{name}_frame")


def connect(folder: Path = SEEDS, *, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the classifier's seeds."""
    con = duckdb.connect()
    if threads:
        con.execute(f"set threads = {int(threads)}")
    con.execute("set preserve_insertion_order = false")
    load_seeds(con, folder)
    return con


def classify(frame: pl.DataFrame, folder: Path = SEEDS) -> pl.DataFrame:
    """Decide for every listing of a frame.

    Args:
        frame: One row per listing with the columns of `INPUT_SCHEMA`; `listing_id` is unique.
        folder: Folder of the seeds.

    Returns:
        One row per listing, in the order of the frame: listing_id, is_ai, categories (primary first),
        stances, evidence, ai_score (null where nothing names AI).
    """
    con = connect(folder)
    con.register("listings_in", frame)
    sql = compile_statement(con, "classify_statement('listings_in', 'decisions')")
    found: pl.DataFrame = con.sql(sql).pl()
    return frame.select("listing_id").join(found, on="listing_id", how="left", maintain_order="left")


def features(frame: pl.DataFrame, folder: Path = SEEDS) -> pl.DataFrame:
    """Features of the listings that name AI: listing_id, features (a list of names)."""
    con = connect(folder)
    con.register("listings_in", frame)
    found: pl.DataFrame = con.sql(
        compile_statement(con, "classify_statement('listings_in', 'features')")
    ).pl()
    return found


def languages(frame: pl.DataFrame) -> pl.DataFrame:
    """Language of each listing (ISO 639-1, or null): listing_id, language."""
    con = duckdb.connect()
    con.register("listings_in", frame)
    lowered = compile_statement(con, "classify_lowered(['listing_id'])")
    told = compile_statement(con, "classify_languages('lowered', ['listing_id'])")
    found: pl.DataFrame = con.sql(
        f"with lowered as (select {lowered} from listings_in), {told} select * from languages"
    ).pl()
    return found


def split_skills(text: str | None) -> list[str]:
    """Skill tags out of one cell: parted by `;`, `|` or `,`, whichever comes first in that order."""
    for separator in (";", "|", ","):
        if text and separator in text:
            return [part.strip() for part in text.split(separator) if part.strip()]
    return [text.strip()] if text and text.strip() else []


def frame_of(rows: Iterable[dict[str, Any]], key: str | None = None) -> pl.DataFrame:
    """A frame for `classify` out of rows with title, description, skills, category (any of them)."""

    def cells() -> Iterator[dict[str, Any]]:
        for number, row in enumerate(rows):
            yield {
                "listing_id": str(row[key]) if key else str(number),
                "title": row.get("title"),
                "description": row.get("description"),
                "skills": split_skills(row.get("skills")),
                "native_category": row.get("category"),
            }

    return pl.DataFrame(list(cells()), schema=INPUT_SCHEMA)
