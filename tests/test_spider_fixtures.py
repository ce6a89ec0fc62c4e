"""Every saved page gives exactly the rows that were accepted for it: one test for all sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrapers.fixtures import Fixture, fixtures
from scrapers.listing import BY_NAME
from scrapers.spiders.base import spider_class, spider_names

FOLDER = Path(__file__).parent / "fixtures"
ALL = [item for item in fixtures(FOLDER) if item.source in spider_names()]


@pytest.mark.parametrize("fixture", ALL, ids=lambda item: f"{item.source}/{item.page_file.stem}")
def test_the_parser_finds_the_accepted_rows(fixture: Fixture) -> None:
    assert fixture.found() == fixture.expected()


@pytest.mark.parametrize("name", spider_names())
def test_every_source_has_a_page_with_listings_and_sound_facts(name: str) -> None:
    mine = [item.found()["listings"] for item in ALL if item.source == name]
    assert any(mine), f"tests/fixtures/{name} holds no page with a listing"
    facts = spider_class(name).source
    assert facts.name == name
    assert facts.terms_url and facts.terms_note and facts.homepage
    for listing in (row for rows in mine for row in rows):
        for field, value in listing.items():
            choices = BY_NAME[field].choices
            assert not choices or value in choices
