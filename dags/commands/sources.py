"""`gigs sources`"""

from __future__ import annotations

from typing import Any

import click

_COLUMNS = ["source", "mode", "may_be_fetched", "why", "terms", "robots", "robots_read_at", "texts_kept_days",
            "verified", "n_listings"]  # fmt: skip


@click.command(epilog="Examples: gigs sources --json · gigs sources guru --dry-run")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Show the first pages that would be fetched; fetch nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print all facts as JSON.")
def command(names: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """The sources: permission, terms, robots.txt, how long texts are kept, listings in the release.

    Those that a spider reads come first, then the datasets of the current release.
    """
    from dags.commands.collect import show_first_pages
    from dags.output import print_json, print_table
    from dags.pipeline import now
    from scrapers.permission import Settings
    from scrapers.spiders.base import spider_names
    from warehouse import home

    settings, moment = Settings.load(home.config_file()), now()
    if dry_run:
        return show_first_pages(list(names or spider_names()), settings, moment, None, as_json)
    held = _held()
    rows = [_collected(name, settings, moment.date(), held.pop(name, None)) for name in spider_names()]
    rows += [_imported(facts) for facts in held.values()]
    if names:
        unknown = sorted(set(names) - {row["source"] for row in rows})
        if unknown:
            raise click.BadParameter(f"no source is called {', '.join(unknown)}; see `gigs sources`")
        rows = [row for row in rows if row["source"] in names]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, _COLUMNS)
    return 0


def _held() -> dict[str, dict[str, Any]]:
    """The sources of the current release by name; none where nothing is published yet."""
    from warehouse.connect import reading
    from warehouse.releases import NoReleaseError

    try:
        with reading() as con:
            found = con.execute("select * from sources order by source")
            columns = [column[0] for column in found.description or ()]
            return {row[0]: dict(zip(columns, row, strict=True)) for row in found.fetchall()}
    except NoReleaseError:
        return {}


def _collected(name: str, settings: Any, today: Any, held: dict[str, Any] | None) -> dict[str, Any]:
    from scrapers.permission import AGENT, permission
    from scrapers.robots_known import last_verdict
    from scrapers.spiders.base import spider_class
    from warehouse import home

    spider = spider_class(name)
    found = permission(spider.source, settings, today)
    verdict, read_at = last_verdict(home.home(), AGENT, f"{spider.root}/")
    return {
        "source": name,
        "title": spider.source.title,
        "mode": spider.source.mode,
        "may_be_fetched": found.is_granted,
        "why": found.reason,
        "terms": spider.source.terms_url,
        "terms_note": spider.source.terms_note,
        "robots": verdict,
        "robots_read_at": read_at,
        "texts_kept_days": spider.source.retention_days,
        "pages_a_day": spider.page_budget,
        "seconds_between_pages": spider.delay,
        "frame": spider.source.frame,
        "verified": spider.source.verified,
        "n_listings": held["n_listings"] if held else 0,
    }


def _imported(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": facts["source"],
        "title": facts["title"],
        "mode": facts["mode"],
        "may_be_fetched": False,
        "why": "simulated" if facts["is_simulated"] else "files that you already have are imported",
        "terms": facts["terms_url"],
        "terms_note": facts["terms_note"],
        "robots": None,
        "robots_read_at": None,
        "texts_kept_days": facts["retention_days"],
        "pages_a_day": None,
        "seconds_between_pages": None,
        "frame": facts["frame"],
        "verified": facts["verified"],
        "n_listings": facts["n_listings"],
    }
