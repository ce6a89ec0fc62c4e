"""`gigs run`"""

import click


@click.command(epilog="Example: gigs run")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(as_json: bool) -> None:
    """The daily run: load what has landed, build, check, publish."""
    from dataclasses import asdict

    from dags.output import print_json
    from dags.pipeline import run_all

    counts, built, release = run_all()
    if as_json:
        print_json(
            {"loaded": [asdict(item) for item in counts], "build": asdict(built), "release": release.facts}
        )
        return
    for item in counts:
        click.echo(f"Loaded {item.run_id}: {item.n_seen:,} seen, {item.n_new:,} new", err=True)
    click.echo(f"Built {built.n_models} models and passed {built.n_tests} tests in {built.seconds} s.")
    click.echo(f"Published {release.release_id}: {release.facts['n_listings']:,} listings, {release.file}")
