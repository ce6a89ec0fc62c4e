"""`gigs dictionary`"""

import click


@click.command(epilog="Example: gigs dictionary > docs/data-dictionary.md")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(as_json: bool) -> None:
    """Every published table and column, with its meaning (Markdown)."""
    from dataclasses import asdict

    from dags.dictionary import as_markdown, tables
    from dags.output import print_json

    described = tables()
    if as_json:
        print_json([asdict(table) for table in described])
    else:
        click.echo(as_markdown(described), nl=False)
