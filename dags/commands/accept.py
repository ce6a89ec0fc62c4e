"""`gigs accept`"""

from __future__ import annotations

import click


@click.command(epilog="Example: gigs accept guru")
@click.argument("name")
def command(name: str) -> None:
    """Record what today's parser finds in the saved pages of a source as the rows that it must find.

    Look at `gigs preview NAME` first: the test compares with these rows from now on.
    """
    from scrapers.errors import UsageError
    from scrapers.new_source import saved_pages

    pages = saved_pages(name)
    for fixture in pages:
        if not fixture.page().body.strip():
            raise UsageError(f"{fixture.page_file.name} is empty", "save the page first, then preview it")
        found = fixture.accept()
        click.echo(f"{fixture.expected_file.name}: {found['page']}, {len(found['listings'])} listings")
