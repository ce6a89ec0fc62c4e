"""`gigs validate`"""

import os
from pathlib import Path

import click


@click.command(
    epilog="""Examples:

\b
  gigs validate --seeds 20
  gigs validate --seeds 1000 --out transform/seeds/planted_coverage.csv

1,000 markets take about eight minutes on one core. Below 200 markets no verdict is given: chance alone would
fail a perfect method too often."""
)
@click.option(
    "--seeds", type=click.IntRange(2, 100_000), default=200, show_default=True, help="Markets drawn."
)
@click.option("--first-seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the table as CSV as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(seeds: int, first_seed: int, out: Path | None, as_json: bool) -> int:
    """Check the price methods on markets whose truth is known.

    Small markets with planted price drift, AI premium (seen through an erring classifier) and entrant
    discount are drawn; counted is how often the 95% intervals cover what was planted. Ends with code 1 when a
    method fails: coverage outside 92-98%, or |bias| + 2 Monte-Carlo errors above a tenth of the effect.
    """
    # Two threads on matrices of forty columns wait for each other most of the time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from rich.console import Console
    from rich.progress import track

    from dags.output import print_json, print_table
    from transform.steps.planted_coverage import coverage_table
    from transform.steps.planted_estimates import market_estimates

    console = Console(stderr=True)
    numbers = range(first_seed, first_seed + seeds)
    drawn = track(numbers, "Drawing markets", console=console, disable=not console.is_terminal)
    table = coverage_table(estimate for seed in drawn for estimate in market_estimates(seed))
    if out:
        table.write_csv(out, float_precision=6)
    if as_json:
        print_json(table.to_dicts())
    else:
        rounded = [
            row
            | {name: f"{row[name]:.4f}" for name in ("planted", "bias", "mc_error")}
            | {name: f"{row[name]:.3f}" for name in ("coverage", "coverage_low", "coverage_high")}
            for row in table.to_dicts()
        ]
        print_table(rounded, table.columns)
    return 1 if "fail" in table["verdict"].to_list() else 0
