"""`gigs sources` tells what may be fetched, before anything was, and fetches nothing."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from click.testing import CliRunner

from dags.commands.sources import command
from scrapers.spiders.base import spider_names
from warehouse import home


def told(*words: str) -> tuple[int, Any]:
    done = CliRunner().invoke(command, [*words, "--json"])
    return done.exit_code, json.loads(done.stdout) if done.exit_code == 0 else done.output


def test_every_spider_is_told_before_anything_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("nothing may be fetched"))
    code, rows = told()
    assert (code, [row["source"] for row in rows]) == (0, list(spider_names()))
    by_name = {row["source"]: row for row in rows}
    assert by_name["hackernews"]["may_be_fetched"] and not by_name["guru"]["may_be_fetched"]
    assert by_name["upwork"]["texts_kept_days"] == 1
    assert all(row["terms"] and row["robots"].startswith("not read yet") for row in rows)


def test_the_configuration_decides_and_first_pages_are_shown() -> None:
    home.config_file().parent.mkdir(parents=True, exist_ok=True)
    home.config_file().write_text('[sources.guru]\naccept_terms = "2026-01-02"\n')
    _, (guru,) = told("guru")
    assert (guru["may_be_fetched"], guru["why"]) == (True, "terms accepted on 2026-01-02")
    _, pages = told("guru", "hackernews", "--dry-run")
    assert {page["source"] for page in pages} == {"guru", "hackernews"}
    assert all(page["address"].startswith("https://") for page in pages)


def test_an_unknown_source_is_named() -> None:
    code, said = told("nix")
    assert (code, "no source is called nix" in said) == (2, True)
