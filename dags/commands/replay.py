"""`gigs replay`"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Examples: gigs replay · gigs replay capture.warc.gz --source upwork --land")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE]...")
@click.option("--source", metavar="NAME", help="Only pages of this source.")
@click.option("--land", is_flag=True, help="Land and load what is found, not only report it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(files: tuple[Path, ...], source: str | None, land: bool, as_json: bool) -> None:
    """Read archives (WARC) again with today's parsers, and report what changed.

    Without FILE all own archives are read. Archives of other makers (Common Crawl, Wayback exports) are read
    the same way. Nothing is fetched.
    """
    from dags.output import print_json, print_table
    from dags.progress import say
    from dags.replaying import replay
    from scrapers.errors import UsageError
    from scrapers.spiders.base import spider_class

    if source:
        spider_class(source)
    report, skipped, megabytes = replay(list(files), source, land=land)
    if not report and not skipped:
        raise UsageError("there is no archive to read", "collect something first, or name a WARC file")
    for reason, n in sorted(skipped.items()):
        say(f"{n} records left out: {reason}")
    say(f"{megabytes:,.1f} MB of pages read")
    if as_json:
        print_json([told.as_dict() for told in report])
        return
    rows = [
        {
            "source": told.source.name,
            "parser": told.parser,
            "pages": told.pages.total(),
            "refused": told.pages["refused"],
            "new": told.listings["new"],
            "changed": told.listings["changed"],
            "same": told.listings["same"],
            "rejected": told.rejects.total(),
        }
        for told in report
    ]
    print_table(rows, ["source", "parser", "pages", "refused", "new", "changed", "same", "rejected"])
