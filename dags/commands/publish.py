"""`gigs publish`"""

import click


@click.command(epilog="Example: gigs publish --accept-shrinking")
@click.option("--accept-shrinking", is_flag=True, help="Publish although a source has lost listings.")
@click.option("--json", "as_json", is_flag=True, help="Print the release's facts as JSON.")
def command(accept_shrinking: bool, as_json: bool) -> None:
    """Copy the marts to a new release, check it, and move the pointer.

    A check that does not pass holds the release back (exit code 5); the last one stays up.
    """
    from dags.output import print_json
    from dags.pipeline import now, revision
    from warehouse.connect import working
    from warehouse.releases import publish

    with working():
        release = publish(now=now(), revision=revision(), accept_shrinking=accept_shrinking)
    if as_json:
        print_json(release.facts)
    else:
        click.echo(
            f"Published {release.release_id}: {release.facts['n_listings']:,} listings, {release.file}"
        )
