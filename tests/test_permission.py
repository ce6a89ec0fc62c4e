"""A source that was not accepted cannot be fetched, whatever the command line says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scrapers.collect import collect
from scrapers.errors import ConfigError, PolicyError
from scrapers.permission import Settings, permission
from scrapers.source import Mode, Source

TODAY = date(2026, 11, 25)


def source(mode: Mode) -> Source:
    return Source(
        name="somewhere", title="Somewhere", platform="somewhere", mode=mode, terms_url="https://x.example/t"
    )


@pytest.mark.parametrize(
    ("mode", "written", "granted"),
    [
        ("open", {}, True),
        ("open", {"enabled": False}, False),
        ("terms", {}, False),
        ("terms", {"accept_terms": "2026-11-25"}, True),
        ("terms", {"accept_terms": date(2026, 1, 2)}, True),
        ("terms", {"accept_terms": "2026-11-26"}, False),
        ("terms", {"accept_terms": "yes"}, False),
        ("terms", {"accept_terms": True}, False),
        ("terms", {"accept_terms": "2026-11-25", "enabled": False}, False),
        ("terms", {"is_operator": True}, False),
        ("own", {"accept_terms": "2026-11-25"}, False),
        ("own", {"is_operator": True}, False),
        ("own", {"accept_terms": "2026-11-25", "is_operator": "yes"}, False),
        ("own", {"accept_terms": "2026-11-25", "is_operator": True}, True),
        ("own", {"accept_terms": "2026-11-25", "api_key": "k"}, True),
        ("import", {"accept_terms": "2026-11-25", "is_operator": True, "api_key": "x"}, False),
    ],
)
def test_permission_follows_from_mode_and_configuration(
    mode: Mode, written: dict[str, object], granted: bool
) -> None:
    found = permission(source(mode), Settings(sources={"somewhere": written}), TODAY)
    assert found.is_granted is granted
    assert found.reason


def test_an_open_source_needs_a_contact_and_starts_no_crawl_without(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no contact"):
        collect("hackernews", home=tmp_path, now=datetime(2026, 11, 25, tzinfo=UTC))
    assert not (tmp_path / "collecting").exists()


def test_a_source_that_is_switched_off_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[collect]\ncontact = "who@observatory.example"\n[sources.hackernews]\nenabled = false\n'
    )
    with pytest.raises(PolicyError, match="switched off") as refused:
        collect("hackernews", home=tmp_path, now=datetime(2026, 11, 25, tzinfo=UTC))
    assert refused.value.exit_code == 7


@pytest.mark.parametrize(
    "contact", [None, "", "nobody", "a@b", "a b@c.example", "x@y.example\r\nX: 1", "@@x.example"]
)
def test_a_contact_that_nobody_can_write_to_is_no_contact(contact: str | None) -> None:
    with pytest.raises(ConfigError):
        Settings(contact=contact).user_agent()


def test_the_user_agent_names_the_collector_and_its_contact() -> None:
    assert Settings(contact="who@observatory.example").user_agent().startswith("gig-observatory/")
    assert (
        Settings(contact="who@observatory.example").user_agent().endswith("(+mailto:who@observatory.example)")
    )
    assert (
        "(+https://observatory.example/bot)"
        in Settings(contact="https://observatory.example/bot").user_agent()
    )
