"""`gigs demo`"""

import click


@click.command(epilog="Example: GIGS_HOME=/tmp/gigs-demo gigs demo --no-serve")
@click.option("--serve/--no-serve", default=True, help="Serve the dashboard afterwards.  [default: serve]")
@click.option("--listings", type=click.IntRange(min=500), default=8_000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.pass_context
def command(ctx: click.Context, serve: bool, listings: int, seed: int) -> None:
    """Simulated marketplaces, from nothing to a published release and the dashboard; offline."""
    from dags.demo import run_demo
    from warehouse import home

    release = run_demo(listings=listings, seed=seed)
    click.echo(f"{release.file}")
    if serve:
        from dags.commands.dashboard import command as dashboard

        ctx.invoke(dashboard)
    else:
        click.echo(f"Data folder: {home.home()}\nNext: gigs dashboard", err=True)
