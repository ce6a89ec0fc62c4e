"""The operator's settings: a TOML file in the data folder, checked key by key."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from scrapers.errors import ConfigError

KNOWN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "collect": {"contact": str, "daily_pages": int},
    "sources": {"accept_terms": (str,), "api_key": str, "is_operator": bool, "enabled": bool},
}
"""Sections and their keys; `[sources.NAME]` holds one source's settings."""


def read_settings(path: Path) -> dict[str, Any]:
    """Settings by section; empty where the file does not exist.

    Raises:
        ConfigError: The file is not TOML, or a key is unknown (exit code 3).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "save it as UTF-8") from None
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", "mend that line") from None
    for section, keys in settings.items():
        _check(section, KNOWN, path)
        inner = keys.values() if section == "sources" else [keys]
        for settings_of_one in inner:
            if not isinstance(settings_of_one, dict):
                raise ConfigError(
                    f"{path}: [{section}] holds settings, not a single value", "see `gigs config -h`"
                )
            for key in settings_of_one:
                _check(key, KNOWN[section], path)
    return settings


def _check(name: str, known: dict[str, Any], path: Path) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise ConfigError(
            f"{path}: unknown setting {name!r}" + (f", did you mean {near[0]!r}?" if near else ""),
            f"known here: {', '.join(known)}",
        )
