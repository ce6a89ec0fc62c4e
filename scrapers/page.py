"""A fetched page as parsers see it, and what a parser may say about it.

A parser is a pure function of a `Page`: no clock, no network. The same parser therefore reads a page that was
fetched just now, one from an archive, and one saved beside the tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from html import unescape
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

Refusal = Literal["blocked", "captcha", "login", "consent", "shell", "broken", "drift"]


class PageRefused(Exception):
    """The page cannot be read as what it should be; the kind and the reason are counted, never guessed over.

    Args:
        kind: `blocked`, `captcha`, `login` or `consent` (the site shows something else than its content),
            `shell` (an application without its data), `broken` (damaged or truncated), `drift` (the site
            changed: what the parser relies on is not there).
        reason: What was found or missed, in words that carry no content of the page.
    """

    def __init__(self, kind: Refusal, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind: Refusal = kind
        self.reason = reason


@dataclass(frozen=True)
class Follow:
    """Another page of the same source that belongs to this run."""

    url: str


@dataclass(frozen=True)
class Reject:
    """A record that is no listing, with the field at fault (or null) and a reason without its content."""

    field: str | None
    reason: str


@dataclass(frozen=True)
class Note:
    """Something to count: a key never seen before, a record left out on purpose, why a page is empty.

    Attributes:
        kind: `unknown key`, `left out`, `empty` or `mark`.
        detail: The key or the reason.
    """

    kind: Literal["unknown key", "left out", "empty", "mark"]
    detail: str


@dataclass(frozen=True)
class Page:
    """One response: its address, its decoded body and the moment it was fetched (UTC)."""

    url: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def path(self) -> str:
        """Path of the address."""
        return urlsplit(self.url).path

    @cached_property
    def query(self) -> dict[str, str]:
        """Query of the address; the first value of each name."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @cached_property
    def text(self) -> str:
        """Body as text: UTF-8 unless the response declares another encoding."""
        declared = self.headers.get("content-type", "").lower().partition("charset=")[2].strip(" \"';")
        try:
            return self.body.decode(declared or "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Body as JSON.

        Raises:
            PageRefused: `broken` where it is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            pass  # the standard reader also takes half surrogates and other encodings
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise PageRefused("broken", "the answer is not JSON") from error

    @cached_property
    def html(self) -> LexborHTMLParser:
        """Body as a parsed HTML document.

        Raises:
            PageRefused: `broken` where it is nested absurdly deep: parsing it would take quadratic time.
        """
        if self.text.count("<") > FEW_TAGS and _depth(self.text) > DEEPEST:
            raise PageRefused("broken", f"nested more than {DEEPEST:,} elements deep")
        return LexborHTMLParser(self.text)


Found = Follow | Reject | Note

DEEPEST, FEW_TAGS = 2_000, 4_000
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z]+)")
_UNCOUNTED = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
_UNCOUNTED |= {"track", "wbr"}  # these have no end tag, the next need none
_UNCOUNTED |= {"p", "li", "dt", "dd", "tr", "td", "th", "option"}


def _depth(text: str) -> int:
    """Depth of nesting, roughly and in one pass: start tags without their end tags."""
    here = most = 0
    for closes, name in _OPEN_OR_CLOSE.findall(text):
        if name not in _UNCOUNTED:
            here += -1 if closes else 1
            most = max(most, here)
            here = max(here, 0)
    return most


def need(mapping: Any, *keys: str) -> Any:
    """The value below a chain of keys.

    Raises:
        PageRefused: `drift` where a key is missing: the site has changed and the parser must not guess.
    """
    here = mapping
    for depth, key in enumerate(keys):
        if not isinstance(here, dict) or key not in here:
            raise PageRefused("drift", f"key {'.'.join(keys[: depth + 1])} is missing")
        here = here[key]
    return here


def need_list(mapping: Any, *keys: str) -> list[Any]:
    """The list below a chain of keys; `drift` where it is missing or no list."""
    found = need(mapping, *keys)
    if not isinstance(found, list):
        raise PageRefused("drift", f"{'.'.join(keys)} is no list")
    return found


def unknown_keys(record: dict[str, Any], known: frozenset[str], where: str) -> Iterable[Note]:
    """A note for each key that is neither handled nor ignored by name."""
    for key in record.keys() - known:
        yield Note("unknown key", f"{where}.{key[:80]}")


_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?ul|/?ol|/?h[1-6]|/?tr)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def plain(markup: str) -> str:
    """A text without its markup: blocks on lines of their own, entities resolved."""
    text = unescape(_TAG.sub("", _BREAK.sub("\n", markup)) if "<" in markup else markup)
    # Replacing is many times as fast as one pattern for all blanks.
    for blank in "\t\r\f\v":
        if blank in text:
            text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return "\n".join(line for line in map(str.strip, text.split("\n")) if line)


def text_of(node: LexborNode | None, glue: str = " ") -> str | None:
    """Visible text of a node on one line, or null where the node or its text is missing.

    Args:
        node: The node.
        glue: What stands between the texts of its parts; nothing where parts only mark words.
    """
    if node is None:
        return None
    return " ".join(node.text(separator=glue).split()) or None


def said(value: Any) -> str | None:
    """A JSON value as the text a listing keeps: numbers without a needless `.0`, nothing for empty."""
    if type(value) is str:
        return value.strip() or None
    if value is None or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value)
