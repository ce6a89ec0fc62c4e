"""`gigs erase`"""

import click


@click.command(epilog="Example: gigs erase --listing 0123456789abcdef0123456789abcdef")
@click.option("--listing", "listing_id", metavar="ID", help="listing_id of the listing to erase.")
@click.option("--author", "author_key", metavar="KEY", help="author_key whose listings are all erased.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(listing_id: str | None, author_key: str | None, as_json: bool) -> None:
    """Erase a listing, or everything of an author, from every file that is kept.

    Landing files, tables, all releases, archives and the journal are rewritten; a tombstone (the hash and
    the day) stays, so that the listing does not come back. Aggregates change with the next `gigs run`.
    """
    from dataclasses import asdict

    from dags.erasing import erase_everywhere
    from dags.output import print_json
    from dags.pipeline import now
    from warehouse.connect import working

    with working():
        erased = erase_everywhere(listing_id, author_key, now().date())
    if as_json:
        print_json(asdict(erased))
        return
    rows = erased.warehouse
    click.echo(
        f"Erased {rows.n_landing_rows} rows of landing files, {rows.n_raw_rows} of the build file, "
        f"{rows.n_release_rows} of releases, {erased.n_responses} archived responses "
        f"and {erased.n_journal_entries} entries of the journal."
    )
    click.echo("Next: gigs run, so that aggregates no longer count it.", err=True)
