"""`gigs refresh`: newer exchange rates and consumer prices than the bundled ones."""

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  gigs refresh fx                              from the European Central Bank
  gigs refresh cpi                             from the US Bureau of Labor Statistics
  gigs refresh fx --from eurofxref-hist.zip    a file you already have
"""
)
@click.argument("what", type=click.Choice(["fx", "cpi"]))
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    help="Take this file instead of downloading: the ECB's history (zip or CSV), or the index (CSV, or the "
    "BLS API's JSON).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(what: str, file: Path | None, as_json: bool) -> None:
    """Renew the exchange rates (fx) or US consumer prices (cpi) that prices are converted with.

    The file is checked, stored below GIGS_HOME and used by the next build. What is in force stays when
    the new file is wrong or older.
    """
    from dags.output import print_json
    from dags.reference import refresh_cpi, refresh_fx

    refreshed = refresh_fx(file) if what == "fx" else refresh_cpi(file)
    if as_json:
        print_json(refreshed)
        return
    click.echo(
        f"{refreshed['title']}: last value of {refreshed['last']} (before: {refreshed['last_before']}), "
        f"{refreshed['n_values']:,} values.\nStored at {refreshed['file']}; the next build uses it."
    )
