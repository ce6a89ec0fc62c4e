"""`gigs status`"""

import click


@click.command(epilog="Example: gigs status --max-age 36 || notify-operator")
@click.option("--max-age", type=float, help="Hours after which the release counts as stale (exit code 6).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(max_age: float | None, as_json: bool) -> None:
    """What is published, since when, and whether a run is at work."""
    from datetime import datetime

    from dags.output import print_json
    from dags.pipeline import now
    from scrapers.errors import StaleError
    from warehouse import home
    from warehouse.connect import is_working
    from warehouse.landing import landed_runs
    from warehouse.releases import current, published

    release = current()
    published_at = datetime.fromisoformat(release.facts["published_at"])
    age = (now() - published_at).total_seconds() / 3600
    facts = {
        "home": str(home.home()),
        "release_id": release.release_id,
        "published_at": release.facts["published_at"],
        "age_hours": round(age, 1),
        "collected_to": release.facts["collected_to"],
        "n_listings": release.facts["n_listings"],
        "is_simulated": release.facts["is_simulated"],
        "n_releases": len(published()),
        "n_landed_runs": len(landed_runs()),
        "is_working": is_working(),
    }
    if as_json:
        print_json(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name.replace('_', ' '):14} {value}")
    if max_age is not None and age > max_age:
        raise StaleError(f"the release is {age:.1f} hours old", "`gigs run` makes a new one")
