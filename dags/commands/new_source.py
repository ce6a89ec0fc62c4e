"""`gigs new-source`"""

import click


@click.command(epilog="Example: gigs new-source guru https://www.guru.com/d/jobs/")
@click.argument("name")
@click.argument("url")
def command(name: str, url: str) -> None:
    """Begin a new source: writes a spider to fill in, a folder for saved pages, and a test that fails.

    It works in a clone of the project. Afterwards: save a page, edit the spider, `gigs preview NAME`, and
    `gigs accept NAME` when the rows are right.
    """
    from dags.pipeline import now
    from scrapers.new_source import PROJECT, create

    spider, page, meta = [path.relative_to(PROJECT) for path in create(name, url, now=now())]
    click.echo(f"{spider}   the spider: facts, selector, fields")
    click.echo(f"{page}   save a page here, as your browser got it")
    click.echo(f"{meta}   its address and the time at which it was saved")
    click.echo(f"Next: gigs preview {name}; the test that fails: pytest -k {name}", err=True)
