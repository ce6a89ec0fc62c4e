"""`gigs doctor`"""

import click


@click.command(epilog="Example: gigs doctor")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(as_json: bool) -> None:
    """Look for what is damaged or missing, and say the next step for each finding."""
    from dataclasses import asdict

    from dags.health import examine
    from dags.output import print_json
    from scrapers.errors import GigsError

    findings = examine()
    if as_json:
        print_json([asdict(item) for item in findings])
    else:
        for item in findings:
            click.echo(f"{'ok ' if item.is_ok else 'BAD'}  {item.about}: {item.found}")
            if item.next_step:
                click.echo(f"     next: {item.next_step}")
    if not all(item.is_ok for item in findings):
        raise GigsError("something needs mending", "the steps stand beside each finding")
