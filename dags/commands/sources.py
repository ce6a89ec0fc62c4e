"""`gigs sources`"""

import click

_COLUMNS = ["source", "title", "mode", "frame", "n_listings", "n_quarantined", "last_run_at"]


@click.command(epilog="Example: gigs sources --json")
@click.option("--json", "as_json", is_flag=True, help="Print all facts as JSON.")
def command(as_json: bool) -> None:
    """The sources of the current release: permission, frame, counts, coverage."""
    import polars as pl

    from dags.output import print_json, print_table
    from warehouse.connect import reading

    with reading() as con:
        frame = pl.DataFrame(con.sql("select * from sources order by source").to_arrow_table())
    if as_json:
        print_json(frame.to_dicts())
    else:
        print_table(frame.select(_COLUMNS).iter_rows(named=True), _COLUMNS)
