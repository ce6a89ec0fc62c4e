"""`gigs inspect`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scrapers.imports.profile import Profile


@click.command(
    epilog="""\b
Examples:
  gigs inspect jobs.csv
  gigs inspect jobs.csv --draft my_market
"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draft", metavar="NAME", help="Write a mapping draft for a dataset of this name.")
@click.option("--force", is_flag=True, help="Replace a mapping of that name.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(file: Path, draft: str | None, force: bool, as_json: bool) -> None:
    """See what is in an unknown file, and get a mapping draft for it.

    Shows format, columns, how full they are, examples (contact details redacted), shapes of money and dates,
    and the field that each column may be.
    """
    from dags.drafting import write_draft
    from dags.output import print_json, print_table
    from scrapers.imports.profile import profile

    found = profile(file)
    columns = _rows(found)
    written = write_draft(found, draft, force=force) if draft else None
    if as_json:
        options = found.options
        print_json(
            {
                "file": found.file,
                "format": options.format,
                "encoding": options.encoding,
                "delimiter": options.delimiter,
                "records_at": options.path or options.table,
                "n_records": found.n_records,
                "n_malformed": found.n_malformed,
                "columns": columns,
                "draft": vars(written) | {"path": str(written.path)} if written else None,
            }
        )
        return
    click.echo(_headline(found))
    print_table(
        [
            row | {"filled": f"{row['filled']:.0%}", "examples": " | ".join(row["examples"])}
            for row in columns
        ],
        ["column", "filled", "distinct", "money", "date", "field", "examples"],
    )
    if written:
        click.echo(f"\nDraft written to {written.path}")
        click.echo(
            f"As it is, {written.n_fitting:,} of {written.n_tried:,} records tried fit; it fills "
            f"{', '.join(written.fields)}."
        )
        click.echo(
            f"Next: read the lines marked DECIDE, then: gigs import {file} --dataset {draft}", err=True
        )
    else:
        click.echo(f"Next: gigs inspect {file} --draft NAME writes a mapping draft.", err=True)


def _headline(found: Profile) -> str:
    options = found.options
    said = [
        f"{found.file}: {options.format}",
        f"{options.encoding}" if options.encoding else "",
        f"delimiter {options.delimiter!r}" if options.delimiter else "",
        f"records at {options.path or options.table}" if options.path or options.table else "",
        f"{found.n_records:,} records",
        f"{found.n_malformed:,} malformed" if found.n_malformed else "",
    ]
    return ", ".join(part for part in said if part)


def _rows(found: Profile) -> list[dict[str, Any]]:
    from dags.drafting import shown_examples

    return [
        {
            "column": item.name,
            "filled": round(item.filled, 4),
            "distinct": item.n_distinct,
            "money": item.money,
            "date": item.date,
            "field": item.guess,
            "examples": shown_examples(item),
        }
        for item in found.columns
    ]
