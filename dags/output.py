"""How commands print: a table for people, JSON for programs; numbers in the reader's usual form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click


def print_json(value: Any) -> None:
    """JSON on stdout; times in ISO form."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """A plain table on stdout, numbers to the right, nulls empty."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    listed = list(rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        is_number = all(isinstance(row.get(column), int | float | None) for row in listed)
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in listed:
        table.add_row(*[Text(_cell(row.get(column))) for column in columns])
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)
