"""`gigs index`"""

from pathlib import Path
from typing import Any

import click

METHODS = (
    "geks-jevons",
    "geks-tornqvist",
    "tpd",
    "tpd-weighted",
    "jevons-chained",
    "jevons-direct",
    "stratified-median",
    "cell-medians",
    "hedonic",
)
SHIPPED = "us-cpi-u"


@click.command(
    epilog="""Examples:

\b
  gigs index prices.csv --method geks-jevons --base 2023-01
  gigs index offers.csv --method tpd-weighted --deflate > index.csv
  gigs index jobs.csv --method hedonic --window 25 --splice mean

The columns are period, item, price, optional quantity or weight, optional group; hedonic takes all further
columns as its regressors. A price is a plain number with a decimal point. A column currency is checked: one
known currency a file."""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--method", type=click.Choice(METHODS), required=True, help="How the index is computed.")
@click.option("--base", help="Period, or year, in which the index is 1.  [default: the first period]")
@click.option("--window", type=click.IntRange(min=2), help="Rolling windows of so many periods.")
@click.option(
    "--splice",
    type=click.Choice(["movement", "window", "half", "mean"]),
    help="How rolling windows are linked.  [default: mean]",
)
@click.option(
    "--min-matches",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Items that a pair of periods must share.",
)
@click.option(
    "--deflate",
    is_flag=False,
    flag_value=SHIPPED,
    metavar="[CPI.csv]",
    help="Real index, by US CPI-U or by your own file (columns month, cpi_u).",
)
@click.option("--replicates", type=click.IntRange(0, 10_000), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the rows left out by reason.")
def command(file: Path, method: str, as_json: bool, deflate: str | None, **settings: Any) -> None:
    """Compute a price index of anybody's panel FILE (CSV).

    Prints period, index, low, high (95% interval), n_items (priced in the period), n_matched (of them, in a
    comparison), n_pairs (periods compared with) and note (why a value is missing or provisional).
    """
    from dags.output import print_json
    from dags.progress import say
    from scrapers.errors import UsageError
    from transform.steps.index_files import read_prices
    from transform.steps.index_run import IndexOptions, run_index

    if settings["splice"] and not settings["window"]:
        raise UsageError("--splice links rolling windows", "give --window too, for instance --window 25")
    settings["splice"] = settings["splice"] or "mean"
    options = IndexOptions(method=method, **settings)
    frame, currency = read_prices(file, regressors=method == "hedonic")
    cpi = None if deflate is None else _deflator(deflate, currency)
    line, left_out = run_index(frame, options, cpi)
    for reason, count in left_out.items():
        say(f"{count} row{'s' if count > 1 else ''} left out: {reason}")
    if as_json:
        print_json({"method": method, "series": line.to_dicts(), "left_out": left_out})
    else:
        click.echo(line.write_csv(), nl=False)


def _deflator(deflate: str, currency: str | None) -> Any:
    from scrapers.errors import UsageError
    from transform.steps.index_files import read_cpi, us_cpi

    if deflate != SHIPPED:
        return read_cpi(Path(deflate))
    if currency not in (None, "USD"):
        raise UsageError(
            f"US consumer prices do not deflate {currency}", "give a deflator of your own: --deflate CPI.csv"
        )
    return us_cpi()
