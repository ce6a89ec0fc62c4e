"""The data dictionary: every published table and column, written from the one place that describes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from transform.build import PROJECT
from warehouse.releases import RELEASE_COLUMNS, RELEASES_ABOUT


@dataclass(frozen=True)
class Table:
    """A published table: its name, its grain in one sentence, and (column, type, meaning)."""

    name: str
    about: str
    columns: list[tuple[str, str, str]]


def tables(project: Path = PROJECT) -> list[Table]:
    """All marts of the dbt project, and the `releases` table that publishing writes, by name."""
    found = list(_marts(project))
    releases = [(name, kind, about) for name, (kind, about) in RELEASE_COLUMNS.items()]
    found.append(Table("releases", RELEASES_ABOUT, releases))
    return sorted(found, key=lambda table: table.name)


def _marts(project: Path) -> Iterator[Table]:
    for path in sorted((project / "models" / "marts").glob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in content.get("models", []):
            columns = [
                (column["name"], column.get("data_type", ""), column.get("description", "").strip())
                for column in model.get("columns", [])
            ]
            yield Table(model["name"], " ".join(model.get("description", "").split()), columns)


def as_markdown(described: list[Table]) -> str:
    """The dictionary as a Markdown page."""
    parts = [
        "# Data dictionary",
        "",
        "Every table of a published release (`gigs.duckdb`), written by `gigs dictionary` from the models'",
        "own descriptions. Times are UTC. Amounts end in their unit; `_low` and `_high` bound an interval;",
        "`n_` counts; `_share` is between 0 and 1.",
    ]
    for table in described:
        parts += ["", f"## {table.name}", "", table.about, "", "| column | type | meaning |", "|---|---|---|"]
        parts += [
            f"| `{name}` | {kind.lower()} | {about.replace('|', '/')} |"
            for name, kind, about in table.columns
        ]
    return "\n".join(parts) + "\n"
