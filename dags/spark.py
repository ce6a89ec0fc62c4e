"""`make spark`: the row-level models on Spark and on DuckDB, over a sample of every dataset at hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import duckdb

from dags.demo import import_simulated
from dags.importing import files_of, import_files
from dags.output import print_table
from dags.progress import say
from scrapers.errors import GigsError
from scrapers.imports.mapping import find_mapping, known_mappings
from transform.build import build
from transform.spark import MODELS, Compared, run, why_not
from transform.steps.evaluate_files import listings_folder
from warehouse import home

SIMULATED_LISTINGS = 600
SEED = 1


def import_samples(listings: Path, n: int) -> None:
    """Import the simulated markets and every real dataset in a folder, and keep some listings of each source.

    Args:
        listings: Folder with a folder per dataset; it need not exist.
        n: How many listings of a source are kept: those whose hashes come first.
    """
    import_simulated(SIMULATED_LISTINGS, SEED)
    for name in known_mappings():
        folder, mapping = listings / name, find_mapping(name)
        if mapping.kind == "listings" and folder.is_dir():
            say(f"Importing {name} ...")
            import_files(files_of([folder]), mapping)
    keep_sample(home.build_file(), n)


def keep_sample(build_file: Path, n: int) -> None:
    """Keep the listings of each source whose hashes come first, the same at every run."""
    with duckdb.connect(str(build_file)) as con:
        con.execute(
            """
            create temp table kept as
            select listing_id
            from (select distinct source, listing_id from raw.sightings) as seen
            qualify row_number() over (partition by source order by md5(listing_id)) <= ?
            """,
            [n],
        )
        for table in ("listings", "sightings"):
            con.execute(f"delete from raw.{table} where listing_id not in (select listing_id from kept)")


def show(compared: list[Compared]) -> None:
    """Print a row per model, and the first difference of those that differ."""
    print_table(
        [
            {
                "model": item.model,
                "rows": item.n_rows,
                "missing": item.n_missing,
                "more": item.n_more,
                "different": ", ".join(f"{name} {n}" for name, n in item.different.items()) or "none",
            }
            for item in compared
        ],
        ["model", "rows", "missing", "more", "different"],
    )
    for item in compared:
        if item.example:
            click.echo(f"{item.model}: {item.example}", err=True)


@click.command()
@click.option("--listings", default=300, show_default=True, help="Listings kept of each source.")
@click.option("--simulated-only", is_flag=True, help="Leave the real datasets out.")
def main(listings: int, simulated_only: bool) -> None:
    """Build the row-level models with dbt on DuckDB and on a local Spark, and compare them row by row.

    Ends with code 1 when a row differs, and with 0 where Spark cannot run, saying what is missing.
    """
    reason = why_not()
    if reason:
        say(f"SPARK LEFT OUT: {reason}.")
        return
    with TemporaryDirectory(prefix="gigs-spark-") as name:
        folder = Path(name)
        os.environ["GIGS_HOME"] = str(folder / "home")
        tables = folder / "spark"
        tables.mkdir()
        try:
            import_samples(Path(os.devnull) if simulated_only else listings_folder(), listings)
            say("Building the models on DuckDB ...")
            build(select=" ".join(f"+{model}" for model in MODELS))
            compared = run(home.build_file(), tables, say)
        except GigsError as error:
            say(f"{error.message}\n  Next: {error.hint}")
            sys.exit(error.exit_code)
        show(compared)
    if not all(item.is_equal for item in compared):
        sys.exit(1)


if __name__ == "__main__":
    main()
