"""`gigs build`"""

import click


@click.command(epilog="Example: gigs build --full-refresh")
@click.option("--full-refresh", is_flag=True, help="Read all texts again, whatever the parsers' versions.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(full_refresh: bool, as_json: bool) -> None:
    """Transform what is loaded: seeds, models and data tests."""
    from dataclasses import asdict

    from dags.output import print_json
    from dags.pipeline import build_loaded
    from warehouse.connect import working

    with working():
        built = build_loaded(full_refresh=full_refresh)
    if as_json:
        print_json(asdict(built))
    else:
        click.echo(f"Built {built.n_models} models and passed {built.n_tests} tests in {built.seconds} s.")
