"""`gigs backfill`"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: gigs backfill --source guru --from-cdx guru.cdxj > plan.jsonl")
@click.option("--source", required=True, metavar="NAME", help="The source whose captures are wanted.")
@click.option(
    "--from-cdx",
    "index",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Index file of a public archive: CDXJ (Common Crawl) or CDX (Wayback).",
)
@click.option(
    "--per", type=click.Choice(["month", "day"]), default="month", help="Captures of a page to keep."
)
def command(source: str, index: Path, per: str) -> None:
    """Plan which captures of a public archive to fetch for a source's history.

    Prints one JSON line a capture; nothing is fetched. An archive is no back door: a source whose own mode
    does not allow fetching is refused (exit code 7); files that you already hold are read by `gigs replay`.
    """
    import json
    from dataclasses import asdict

    from dags.pipeline import now
    from dags.progress import say
    from scrapers.captures import captures, plan
    from scrapers.permission import Settings, require
    from scrapers.spiders.base import spider_class
    from warehouse import home

    spider = spider_class(source)
    require(spider.source, Settings.load(home.config_file()), now().date())
    with index.open(encoding="utf-8", errors="replace") as lines:
        found = list(captures(lines))
    chosen = plan(found, spider(), per)
    for capture in chosen:
        click.echo(json.dumps(asdict(capture), default=lambda moment: moment.isoformat()))
    total = sum(capture.length or 0 for capture in chosen)
    say(f"{len(found):,} captures in the index, {len(chosen):,} worth fetching ({total / 1e6:,.1f} MB)")
