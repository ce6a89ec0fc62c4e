"""`gigs expire`"""

from __future__ import annotations

import click

PAGES_KEPT_DAYS = 90
"""Days for which the journal remembers which pages a run asked for."""


@click.command(epilog="Example: gigs expire --dry-run")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; remove nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the removed files as JSON.")
def command(dry_run: bool, as_json: bool) -> None:
    """Remove archived responses whose time is over, leaving a tombstone for each file.

    Responses are kept for 30 days, or for as long as the source's own terms allow where that is shorter;
    so are the texts of runs that an alarm held back.
    """
    from datetime import timedelta

    from dags.collecting import archive_folder
    from dags.output import print_json
    from dags.pipeline import now
    from scrapers.archive import KEPT_DAYS, expire
    from scrapers.journal import Journal
    from scrapers.spiders.base import spider_class, spider_names
    from warehouse import home
    from warehouse.connect import working

    limits = {name: spider_class(name).source.retention_days for name in spider_names()}
    removed: list[str] = []
    moment = now()

    def kept_days(source: str) -> int:
        own = limits.get(source.removeprefix("simulated_"))
        return KEPT_DAYS if own is None else min(own, KEPT_DAYS)

    with working():
        for folder in sorted(path for path in archive_folder().glob("*") if path.is_dir()):
            gone = expire(folder, kept_days(folder.name), moment, dry_run=dry_run)
            removed += [f"{folder.name}/{path.name}" for path in gone]
        journal_file = home.home() / "collecting" / "journal.sqlite"
        if journal_file.exists() and not dry_run:
            journal = Journal(journal_file)
            for source in journal.sources():
                texts_before = moment - timedelta(days=kept_days(source))
                journal.expire(source, texts_before, moment - timedelta(days=PAGES_KEPT_DAYS))
            journal.close()
    if as_json:
        print_json(removed)
        return
    for name in removed:
        click.echo(name)
    click.echo(f"{len(removed)} files {'would be' if dry_run else 'were'} removed", err=True)
