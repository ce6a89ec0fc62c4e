"""What the documents say is so: commands, options, exit codes, the data dictionary, licences."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from dags.cli import gigs
from dags.dictionary import as_markdown, tables

PROJECT = Path(__file__).resolve().parent.parent
CONTEXT = click.Context(gigs)
COMMANDS = gigs.list_commands(CONTEXT)
PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"]


def said_commands(text: str) -> list[list[str]]:
    """Every `gigs ...` that a page shows, as words."""
    quoted = re.findall(r"`(gigs [^`]+)`", text)
    lines = [line for block in re.findall(r"```console\n(.*?)```", text, re.S) for line in block.splitlines()]
    found = quoted + [line[line.index("gigs ") :] for line in lines if re.match(r"(\S+=\S+ )*gigs ", line)]
    return [re.split(r"[ ;|>]+", re.sub(r'"[^"]*"', "TEXT", item)) for item in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_in_the_pages_exist(page: Path) -> None:
    found = said_commands(page.read_text(encoding="utf-8"))
    assert found
    for _, name, *words in found:
        if name == "COMMAND" or name.startswith("-"):
            continue
        assert name in COMMANDS, f"{page.name} names `gigs {name}`"
        command = gigs.get_command(CONTEXT, name)
        assert command is not None
        options = {word for option in command.params for word in [*option.opts, *option.secondary_opts]}
        for word in words:
            if word.startswith("--") and word != "--help":
                assert word in options, f"{page.name} shows `gigs {name} {word}`"


def test_every_command_is_in_the_readme() -> None:
    table = (PROJECT / "README.md").read_text(encoding="utf-8").split("## Commands")[1].split("## ")[0]
    missing = [name for name in COMMANDS if not re.search(rf"`gigs {name}\b", table)]
    assert missing == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_shows_an_example(name: str) -> None:
    command = gigs.get_command(CONTEXT, name)
    assert command is not None
    assert command.help
    assert "xample" in (command.epilog or command.help), f"`gigs {name} --help` shows no example"


def test_exit_codes_are_those_of_the_errors() -> None:
    from scrapers import errors

    codes = {
        cls.exit_code
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.GigsError)
    }
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    said = {int(code) for code in re.findall(r"(\d+) \w+", text.split("Exit codes:")[1].split("\n\n")[0])}
    assert said == codes | {0, 130}


def test_the_data_dictionary_is_up_to_date() -> None:
    written = (PROJECT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == as_markdown(tables()), "run: gigs dictionary > docs/data-dictionary.md"


def test_every_published_column_is_described() -> None:
    bare = [
        (table.name, name)
        for table in tables()
        for name, kind, about in table.columns
        if not (kind and about)
    ]
    assert bare == []
    assert all(table.about.startswith("One row per") for table in tables())


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*PAGES, *(PROJECT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_no_registry_address_stands_in_the_lock_file() -> None:
    assert "://" not in (PROJECT / "requirements.lock").read_text(encoding="utf-8")
