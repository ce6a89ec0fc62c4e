"""`gigs config`"""

import click


@click.command(epilog="Example: gigs config --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(as_json: bool) -> None:
    """Where the data live, and the operator's settings.

    Settings are TOML; the file need not exist. GIGS_HOME moves all data.
    """
    from dags.output import print_json
    from dags.settings import read_settings
    from warehouse import home

    facts = {
        "home": str(home.home()),
        "config_file": str(home.config_file()),
        "landing": str(home.landing()),
        "build_file": str(home.build_file()),
        "releases": str(home.releases()),
        "datasets": str(home.datasets()),
        "settings": read_settings(home.config_file()),
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' '):12} {value or 'none: everything is at its default'}")
