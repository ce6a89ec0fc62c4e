"""`gigs expire`"""

from __future__ import annotations

import click

PAGES_KEPT_DAYS = 90
"""Days for which the journal remembers which pages a run asked for."""


@click.command(epilog="Example: gigs expire --dry-run")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; remove nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
def command(dry_run: bool, as_json: bool) -> None:
    """Remove what is over its time: archived responses, and texts that a source lets nobody keep.

    Responses are kept for 30 days, or for as long as the source's own terms allow where that is shorter;
    so are the texts of runs that an alarm held back. Each removed file leaves a tombstone. Where a source
    limits how long its texts may be kept, titles and descriptions also leave landing files, tables and
    releases; prices, dates and categories stay.
    """
    from dataclasses import asdict
    from datetime import timedelta

    from dags.collecting import archive_folder
    from dags.output import print_json
    from dags.pipeline import now
    from scrapers.archive import KEPT_DAYS, expire
    from scrapers.journal import Journal
    from scrapers.spiders.base import spider_class, spider_names
    from warehouse import home
    from warehouse.connect import working
    from warehouse.expiry import expire_texts

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
        texts = expire_texts(moment, dry_run=dry_run)
    if as_json:
        print_json({"files": removed} | asdict(texts))
        return
    for name in removed:
        click.echo(name)
    would = "would be" if dry_run else "were"
    click.echo(f"{len(removed)} files {would} removed", err=True)
    click.echo(
        f"texts {would} taken out of {texts.n_landing_rows} landed rows"
        + (
            "" if dry_run else f", {texts.n_build_rows} of the build file, {texts.n_release_rows} of releases"
        ),
        err=True,
    )
