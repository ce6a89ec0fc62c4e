"""`gigs collect`"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click


@click.command(
    epilog="Examples: gigs collect (all sources that may be fetched) · gigs collect hackernews "
    "--since 2024-01-01 · gigs collect guru --dry-run"
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Start of the time window (UTC).")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be fetched, and whether it may be; fetch nothing."
)
@click.option("--accept-change", metavar="WHY", help="Land runs that alarms hold back: the change is real.")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
def command(
    sources: tuple[str, ...], since: datetime | None, dry_run: bool, accept_change: str | None, as_json: bool
) -> int:
    """Collect sources politely, and load what they show.

    Robots rules, terms, pace and budgets are kept by the program; a source that its mode or the configuration
    does not allow is refused (exit code 7). A run that was interrupted is continued. A run that differs
    suspiciously from the last four weeks does not land until it was looked at (exit code 4).
    """
    from datetime import UTC

    from dags.pipeline import now
    from scrapers.errors import GigsError, LockedError, PartialError
    from scrapers.permission import Settings, permission, require
    from scrapers.spiders.base import spider_class, spider_names
    from warehouse import home

    moment, start = now(), since.replace(tzinfo=UTC) if since else None
    settings = Settings.load(home.config_file())
    names = list(sources) or [
        name
        for name in spider_names()
        if permission(spider_class(name).source, settings, moment.date()).is_granted
    ]
    if dry_run:
        return show_first_pages(names or list(spider_names()), settings, moment, start, as_json)
    if accept_change:
        return _accept(names, moment, accept_change)
    for name in names:
        require(spider_class(name).source, settings, moment.date())
    settings.user_agent()
    told: list[dict[str, Any]] = []
    failed: list[str] = []
    for name in names:
        try:
            told.append(_collect(name, moment, start))
        except LockedError:
            raise
        except GigsError as error:
            click.echo(f"{name}: {error}", err=True)
            failed.append(name)
    if as_json:
        from dags.output import print_json

        print_json(told)
    troubled = failed + [run["source"] for run in told if run["outcome"] != "complete" or run["held"]]
    if troubled:
        raise PartialError(
            f"not all went through: {', '.join(troubled)}",
            "run the same command again to continue; `gigs status` shows what is missing",
        )
    return 0


def _collect(name: str, moment: datetime, since: datetime | None) -> dict[str, Any]:
    from dataclasses import asdict

    from dags.collecting import collect_and_bring_in
    from dags.progress import say

    say(f"Collecting {name} ...")
    brought = collect_and_bring_in(name, now=moment, since=since)
    summary = brought.run.summary
    pages = ", ".join(f"{n} {state}" for state, n in sorted(summary.pages.items()))
    listings = ", ".join(f"{n} {kind}" for kind, n in sorted(summary.listings.items())) or "none"
    say(f"  {summary.outcome}: pages {pages}; records {summary.n_seen:,}; listings {listings}")
    for reason, n in sorted({**summary.refusals, **summary.rejects}.items()):
        say(f"  {n} x {reason}")
    for alarm in summary.alarms:
        about = f" {alarm['about']}" if alarm["about"] else ""
        say(f"  {'ALARM' if alarm['holds'] else 'note'} {alarm['kind']}{about}: {alarm['message']}")
    if summary.is_held:
        say(
            "  The run is held back. Look at the source: if it changed, mend the parser and run "
            "`gigs replay --land`; "
            f'if the change is real, run `gigs collect {name} --accept-change "why"`.'
        )
    return asdict(summary) | {"held": summary.is_held}


def _accept(names: list[str], moment: datetime, why: str) -> int:
    from dags.collecting import bring_in_run
    from dags.progress import say
    from scrapers.collect import accept, held
    from warehouse import home

    for name in names:
        for run in held(name, home.home()):
            accept(run, moment, why)
            counts = bring_in_run(run, name)
            say(f"{name}: run {run.summary.run_id} landed, {counts.n_seen:,} records; the break is marked")
    return 0


def show_first_pages(
    names: list[str], settings: Any, moment: datetime, since: datetime | None, as_json: bool
) -> int:
    """Print the addresses that a run would begin with, and whether they may be fetched; fetch nothing."""
    from dags.output import print_json, print_table
    from scrapers.collect import preview
    from scrapers.permission import AGENT, permission
    from scrapers.robots_known import last_verdict
    from scrapers.spiders.base import spider_class
    from warehouse import home

    rows = []
    for name in names:
        spider = spider_class(name)
        found = permission(spider.source, settings, moment.date())
        for url in preview(name, now=moment, since=since):
            verdict, read_at = last_verdict(home.home(), AGENT, url)
            rows.append(
                {
                    "source": name,
                    "mode": spider.source.mode,
                    "allowed": found.is_granted,
                    "why": found.reason,
                    "robots": verdict,
                    "robots_read_at": read_at,
                    "terms": spider.source.terms_url,
                    "address": url,
                }
            )
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ["source", "mode", "allowed", "why", "robots", "address"])
    return 0
