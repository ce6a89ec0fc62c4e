"""Writing a kept file anew without something: a mere DELETE or UPDATE would leave the bytes in the file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

_TABLES = """
select tables.schema_name, tables.table_name, list(columns.column_name)
from duckdb_tables() as tables
inner join duckdb_columns() as columns
    on columns.database_name = 'old' and columns.table_oid = tables.table_oid
where tables.database_name = 'old'
group by all order by all
"""


@dataclass(frozen=True)
class Change:
    """What is done to one table of a DuckDB file.

    Attributes:
        select: What is written instead of `*`.
        where: Which rows are written.
        touched: Which rows of the old table change or leave.
        ids: The listings concerned; every `?` of the three stands for them.
    """

    select: str
    where: str
    touched: str
    ids: list[str]


def rewrite_database(file: Path, change_of: Callable[[set[str]], Change | None]) -> int:
    """Write a DuckDB file anew, in one step, with some of its tables changed.

    Args:
        file: The file; nobody else writes it.
        change_of: Told the columns of a table; null leaves it as it is.

    Returns:
        Rows that changed or left; the file is replaced only if there are any.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    n_rows = 0
    with duckdb.connect(str(fresh)) as con:
        (name,) = con.execute("select current_database()").fetchone() or ("",)
        source = str(file).replace("'", "''")
        con.execute(f"attach '{source}' as old (read_only)")
        con.execute(f'copy from database old to "{name}" (schema)')
        for schema, table, columns in con.execute(_TABLES).fetchall():
            told = f'"{schema}"."{table}"'
            change = change_of(set(columns))
            if change is None:
                con.execute(f"insert into {told} select * from old.{told}")
                continue
            query = f"select {change.select} from old.{told} where {change.where}"
            con.execute(f"insert into {told} {query}", [change.ids] * query.count("?"))
            counted = f"select count(*) from old.{told} where {change.touched}"
            (touched,) = con.execute(counted, [change.ids] * counted.count("?")).fetchone() or (0,)
            n_rows += touched
        con.execute("detach old")
    if n_rows:
        fresh.replace(file)
    else:
        fresh.unlink()
    return n_rows


def renew_facts(file: Path, name: str, n: int) -> None:
    """After a release was written anew: its checksum and size, and how many listings it concerned.

    Args:
        file: The release's database.
        name: The fact that counts, such as `n_erased`.
        n: Listings, added to what it counts already.
    """
    facts_file = file.with_name("release.json")
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    with file.open("rb") as stream:
        facts["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    facts["n_bytes"] = file.stat().st_size
    facts[name] = facts.get(name, 0) + n
    write_facts(facts_file, facts)


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    """Replace a JSON file in one step."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    fresh.replace(path)
