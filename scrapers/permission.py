"""Permission is code: a source that is not accepted in the configuration cannot be fetched.

The configuration (`config.toml` in the data folder) says who collects, and what was accepted:

    [collect]
    contact = "observatory@example.org"      # an e-mail or web address that a host can complain to

    [sources.guru]
    accept_terms = "2026-11-20"              # mode `terms`: the day on which you read and accepted them

    [sources.upwork]
    accept_terms = "2026-11-20"              # mode `own`: terms accepted, and either your own API token ...
    api_key = "..."
    # is_operator = true                     # ... or you run the platform

    [sources.remoteok]
    enabled = false                          # mode `open` is on unless it is switched off
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scrapers.errors import ConfigError, PolicyError
from scrapers.source import Source

AGENT = "gig-observatory"
"""Product token: how robots rules name this collector."""


@dataclass(frozen=True)
class Settings:
    """What the operator has written down.

    Attributes:
        contact: E-mail or web address in the user agent; null where it was not set.
        daily_pages: Pages a host and day, where the operator wants fewer than the source's own budget.
        sources: Settings by source.
    """

    contact: str | None = None
    daily_pages: int | None = None
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the configuration file; one that does not exist says nothing.

        Raises:
            ConfigError: It is no TOML, or a table has the wrong form.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls()
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path} is not valid TOML: {error}", "correct the line it names") from error
        collect, sources = found.get("collect", {}), found.get("sources", {})
        if not isinstance(collect, dict) or not isinstance(sources, dict):
            raise ConfigError(f"{path}: `collect` and `sources` must be tables", "write [sources.NAME]")
        contact = collect.get("contact")
        return cls(str(contact).strip() if contact else None, collect.get("daily_pages"), sources)

    def user_agent(self) -> str:
        """How the collector names itself to a host.

        Raises:
            ConfigError: No contact was set, or it is none that somebody could write to.
        """
        contact = self.contact or ""
        is_mail = contact.count("@") == 1 and "." in contact.rpartition("@")[2]
        is_web = contact.startswith(("https://", "http://"))
        if not (is_mail or is_web) or not contact.isprintable() or " " in contact:
            raise ConfigError(
                "no contact address is set: a host must be able to reach whoever collects from it",
                'write contact = "you@your.domain" below [collect] in config.toml of the data folder',
            )
        try:
            release = version(AGENT)
        except PackageNotFoundError:
            release = "0"
        return f"{AGENT}/{release} (+{'mailto:' if is_mail else ''}{contact})"

    def token(self, source: str) -> str | None:
        """The user's own API token for a source; null where none is written down."""
        return self.sources.get(source, {}).get("api_key") or None


@dataclass(frozen=True)
class Permission:
    """Whether a source may be fetched, and why."""

    is_granted: bool
    reason: str
    hint: str = ""


def permission(source: Source, settings: Settings, today: date) -> Permission:
    """Whether a source may be fetched today."""
    own = settings.sources.get(source.name, {})
    accept = f'read its terms ({source.terms_url}); if you accept them, write accept_terms = "{today}" '
    accept += f"below [sources.{source.name}] in config.toml"
    if source.mode == "import":
        return Permission(
            False,
            "nothing is fetched from it: only files that you already have are read",
            "use `gigs import` or `gigs replay`",
        )
    if own.get("enabled") is False:
        return Permission(False, "it is switched off in the configuration", "remove `enabled = false`")
    if source.mode == "open":
        return Permission(True, "open: a public interface meant for reuse")
    accepted = _day(own.get("accept_terms"))
    if accepted is None:
        return Permission(False, "its terms were not accepted", accept)
    if accepted > today:
        return Permission(False, "the day on which its terms were accepted lies in the future", accept)
    if source.mode == "terms":
        return Permission(True, f"terms accepted on {accepted}")
    if own.get("is_operator") is True:
        return Permission(True, f"own: the platform's operator, terms accepted on {accepted}")
    if own.get("api_key"):
        return Permission(True, f"own: with the user's own API token, terms accepted on {accepted}")
    return Permission(
        False,
        "its terms forbid automated access, except to its operator and through its official interface",
        f"name your own API token (api_key) below [sources.{source.name}], or read archives that you hold",
    )


def require(source: Source, settings: Settings, today: date) -> None:
    """Stop unless a source may be fetched.

    Raises:
        PolicyError: It may not; the message says why and what would have to be true.
    """
    found = permission(source, settings, today)
    if not found.is_granted:
        raise PolicyError(f"{source.title} may not be fetched: {found.reason}", found.hint)


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
