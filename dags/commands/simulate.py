"""`gigs simulate`: a simulated market of any size in one Parquet file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click


@click.command(
    epilog="Example: gigs simulate --listings 100000 --seed 7 --out market.parquet, then "
    "gigs import market.parquet --dataset simulated"
)
@click.option(
    "--listings", type=click.IntRange(min=1), default=10_000, show_default=True, help="Records to write."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same market."
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-06-30",
    show_default=True,
    help="Last day of the market; it begins in January 2019.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="Parquet file to write; the planted truths go beside it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(listings: int, seed: int, until: datetime, out: Path, as_json: bool) -> None:
    """Write a simulated market whose true trends are known.

    Requests and offers on invented marketplaces, the same for the same seed and last day. The planted truths
    (AI share, price drift, and so on) are written to OUT with the endings .truth.json and .flags.parquet.
    """
    import time

    from scrapers.errors import UsageError
    from scrapers.simulated.planted import FIRST_MONTH
    from scrapers.simulated.records import write_parquet

    if until.date() < FIRST_MONTH:
        raise UsageError(f"the market begins on {FIRST_MONTH}", "choose a later --until")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent}", "make it first, or choose another --out")
    began = time.perf_counter()
    written = write_parquet(out, listings=listings, seed=seed, until=until.date())
    seconds = time.perf_counter() - began
    if as_json:
        said = {
            "path": str(written.path),
            "truth": str(written.truth),
            "flags": str(written.flags),
            "records": written.n_records,
            "seconds": round(seconds, 2),
            "mean_characters": round(written.n_characters / written.n_records, 1),
        }
        click.echo(json.dumps(said))
        return
    click.echo(str(written.path))
    click.echo(
        f"{written.n_records:,} records in {seconds:.1f} s, "
        f"{written.n_characters / written.n_records:.0f} characters each; truths in {written.truth.name}",
        err=True,
    )
