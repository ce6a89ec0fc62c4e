"""The simulated market in the formats that real sources publish: one small module a source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Asked:
    """A request as the simulated sites see it: path, query (first value of a name), headers, body."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What a simulated site says."""

    body: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Site(Protocol):
    """A simulated source."""

    def answer(self, asked: Asked) -> Answer | None:
        """The answer to a request, or null where the path is not this site's."""


def in_script(value: Any) -> str:
    """A value as JSON that cannot end the script element around it."""
    return json.dumps(value).replace("</", "<\\/")


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(body, status=status, headers=headers or {})
