"""`gigs import`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dags.importing import Imported

_COLUMNS = ["file", "source", "seen", "new", "repeated", "changed", "quarantined"]


@click.command(
    epilog="""\b
Examples:
  gigs import jobs.csv --dataset upwork_kadiroruc
  gigs import downloads/ --dataset my_market --dry-run
  gigs import dump.json.gz --mapping my_market.toml
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--dataset", metavar="NAME", help="Dataset whose mapping says how to read the files.")
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), help="A mapping file to use.")
@click.option("--dry-run", is_flag=True, help="Read and check only; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(
    files: tuple[Path, ...], dataset: str | None, mapping_file: Path | None, dry_run: bool, as_json: bool
) -> None:
    """Load files that you already have: CSV, JSON, JSON lines, Parquet, SQLite, RSS/Atom; gzip too.

    FILE may be a folder: all files in it. Every record is accounted for: seen = new + repeated + changed +
    quarantined. Importing the same file twice changes nothing.
    """
    from dags.importing import files_of, import_files, raise_if_partial, reasons
    from dags.output import print_json
    from dags.progress import steps
    from scrapers.errors import UsageError
    from scrapers.imports.mapping import find_mapping, known_mappings, read_mapping
    from warehouse.home import datasets

    if mapping_file is not None:
        mapping = read_mapping(mapping_file, dataset)
    elif dataset is not None:
        mapping = find_mapping(dataset, datasets())
    else:
        raise UsageError(
            "which dataset is it? --dataset is missing",
            f"known: {', '.join(known_mappings(datasets()))}; else write one: gigs inspect FILE --draft NAME",
        )
    with steps("Importing") as told:
        results = import_files(files_of(files), mapping, dry_run=dry_run, told=told)
    if as_json:
        print_json(
            {
                "dataset": mapping.name,
                "dry_run": dry_run,
                "files": [{k: v for k, v in vars(item).items() if k != "rejects"} for item in results],
                "rejects": reasons(results),
            }
        )
    else:
        _print_tables(results, dry_run)
    raise_if_partial(results)


def _print_tables(results: list[Imported], dry_run: bool) -> None:
    from dags.importing import reasons
    from dags.output import print_table

    counts = [f"n_{name}" for name in _COLUMNS[2:]]
    rows = [
        {"file": Path(item.file).name, "source": item.source}
        | {name[2:]: getattr(item, name) for name in counts}
        | {"points": item.n_points, "note": _note(item)}
        for item in results
    ]
    total = {key: sum(row[key] for row in rows) for key in rows[0] if isinstance(rows[0][key], int)}
    if len(rows) > 1:
        rows.append({"file": f"{len(rows)} files", "source": "", "note": ""} | total)
    shown = ["file", "source", "points"] if total["points"] else _COLUMNS
    print_table(rows, [*shown, "note"] if any(row["note"] for row in rows) else shown)
    found = [
        {**row, "field": row["field"] or "(record)", "first": ", ".join(row["first"])}
        for row in reasons(results)
    ]
    if found:
        click.echo("\nQuarantined, by reason (a record may have several):")
        print_table(found, ["n", "field", "reason", "first"])
    if dry_run:
        click.echo("Dry run: nothing was written.", err=True)
    elif not total["points"]:
        click.echo("Next: gigs build && gigs publish (or gigs run), then gigs dashboard.", err=True)


def _note(item: Imported) -> str:
    if item.error:
        return "failed"
    return "imported before; nothing changed" if item.is_repeat else ""
