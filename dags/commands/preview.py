"""`gigs preview`"""

from __future__ import annotations

import click


@click.command(epilog="Example: gigs preview guru --json")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
def command(name: str, as_json: bool) -> None:
    """Parse the saved pages of a source with today's parser, and show what is found. Nothing is fetched."""
    from dags.output import print_json, print_table
    from scrapers.new_source import saved_pages

    found = {fixture.page_file.name: fixture.found() for fixture in saved_pages(name)}
    if as_json:
        print_json(found)
        return
    for file, rows in found.items():
        listings, rejects = rows["listings"], rows["rejects"]
        click.echo(f"{file}: {rows['page']}, {len(listings)} listings, {len(rejects)} rejects")
        if "reason" in rows:
            click.echo(f"  {rows['reason']}")
        for reject in rejects:
            click.echo(f"  record {reject['line']}: {reject['field'] or 'record'}: {reject['reason']}")
        for note, n in rows["notes"].items():
            click.echo(f"  {n} x {note}")
        for url in rows["follow"]:
            click.echo(f"  leads to {url}")
        if listings:
            columns = ["native_id", "side", "title", "price_raw", "currency_raw", "posted_raw"]
            print_table(listings[:20], columns)
            filled = sorted({field for row in listings for field in row})
            click.echo(f"  fields filled: {', '.join(filled)}")
