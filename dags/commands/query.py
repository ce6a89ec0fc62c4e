"""`gigs query`"""

from pathlib import Path

import click


@click.command(
    epilog='Example: gigs query "select side, count(*) as n from listings group by side" --format csv'
)
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of stdout.")
@click.option("--release", help="Id of an earlier release.")
def command(sql: str, form: str, out: Path | None, release: str | None) -> None:
    """Ask the current release in SQL (read-only).

    The tables are described in the data dictionary; `gigs query "show tables"` lists them.
    """
    import duckdb
    import polars as pl

    from dags.output import print_table
    from scrapers.errors import UsageError
    from warehouse.connect import reading
    from warehouse.export import as_csv

    with reading(release) as con:
        con.execute("set enable_external_access = false")
        try:
            relation = con.sql(sql)
            frame = pl.DataFrame() if relation is None else pl.DataFrame(relation.to_arrow_table())
        except duckdb.Error as error:
            raise UsageError(
                f"the query failed: {error}", 'gigs query "describe listings" shows the columns of a table'
            ) from None
    if form == "parquet":
        if out is None:
            raise UsageError("Parquet is not for a terminal", "add --out FILE.parquet")
        frame.write_parquet(out)
    elif form == "table" and out is None:
        print_table(frame.iter_rows(named=True), frame.columns)
    else:
        text = frame.write_json() + "\n" if form == "json" else as_csv(frame)
        click.echo(text, nl=False) if out is None else out.write_text(text, encoding="utf-8")
