"""The platform's own id, in one form however a file writes it.

A listing's identity is (platform, native id), so that the same job from a feed, a page and a CSV is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import polars as pl

from scrapers.imports.texts import mapped


def _upwork(said: pl.Expr) -> pl.Expr:
    """Digits of the uid (`~02` and the bare number are the same job); `~01` and hex for jobs before 2024."""
    plain = said.str.replace("(?i)%7e", "~")
    modern = plain.str.extract(r"~02(\d{15,20})(?:\D|$)")
    bare = plain.str.extract(r"^\s*(\d{15,20})(?:\.0)?\s*$")
    old = plain.str.extract(r"(~01[0-9a-f]{8,18})(?:[^0-9a-f]|$)")
    return pl.coalesce(modern, bare, old)


def _last_part(said: pl.Expr) -> pl.Expr:
    return said.str.extract(r"^[^?#]*?([^/?#]+)/*(?:[?#].*)?$")


def _number_in_link(said: pl.Expr) -> pl.Expr:
    return pl.coalesce(
        said.str.extract(r"^\s*(\d+)\s*$"),
        said.str.extract(r"(?:/|-)(\d{4,})(?:[/?#&.].*)?$"),
        _last_part(said),
    )


def _hashed_path(said: pl.Expr) -> pl.Expr:
    """A hash of the link's path: the path names the seller, and no name is kept."""

    def digest(path: str) -> str:
        return hashlib.sha256(path.encode()).hexdigest()[:32]

    path = said.str.extract(r"^(?:https?://)?[^/]+/+([^?#]+?)/*(?:[?#].*)?$").str.to_lowercase()
    return mapped(path, digest, "")


_FORMS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "upwork": _upwork,
    "workana": _last_part,
    "freelancer": _last_part,
    "peopleperhour": _number_in_link,
    "guru": _number_in_link,
    "fiverr": _hashed_path,
    "link": _last_part,
    "number": _number_in_link,
}
PLATFORM_IDS = tuple(_FORMS)
"""Platforms whose id forms are known; `link` (last part of the path) and `number` serve the others."""


def native_id(said: pl.Expr, form: str) -> pl.Expr:
    """Expression: the native id in an id or link as it was published; null where there is none."""
    return _FORMS[form](said)
