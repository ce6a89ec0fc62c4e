"""State that pages embed for their own scripts: JSON elements, JSON-LD, and Nuxt's flattened values."""

from __future__ import annotations

import json
from typing import Any

from scrapers.page import Page, PageRefused

MAX_DEPTH = 60


def embedded(page: Page, selector: str) -> Any | None:
    """The JSON value inside a script element; null where there is no such element.

    Raises:
        PageRefused: `broken` where the element holds no JSON.
    """
    node = page.html.css_first(selector)
    if node is None:
        return None
    try:
        return json.loads(node.text())
    except (ValueError, RecursionError) as error:
        raise PageRefused("broken", f"{selector} holds no JSON") from error


def json_ld(page: Page, kind: str) -> dict[str, Any] | None:
    """The first JSON-LD object of a type; null where the page has none."""
    for node in page.html.css('script[type="application/ld+json"]'):
        try:
            value = json.loads(node.text())
        except (ValueError, RecursionError):
            continue
        graph = value.get("@graph", [value]) if isinstance(value, dict) else value
        for item in graph if isinstance(graph, list) else []:
            if isinstance(item, dict) and item.get("@type") == kind:
                return item
    return None


def revived(page: Page, selector: str) -> dict[str, Any] | None:
    """Nuxt's state: a list whose objects name their parts by position, made whole again.

    Raises:
        PageRefused: `broken` where the element is no such list.
    """
    flat = embedded(page, selector)
    if flat is None:
        return None
    if not isinstance(flat, list) or not flat:
        raise PageRefused("broken", f"{selector} is no flattened state")
    made: dict[int, Any] = {}

    def value(at: Any, depth: int) -> Any:
        if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < len(flat) or depth > MAX_DEPTH:
            return None  # negative positions stand for undefined and the like
        if at in made:
            return made[at]
        part = flat[at]
        if isinstance(part, dict):
            whole: dict[str, Any] = {}
            made[at] = whole
            whole.update((key, value(where, depth + 1)) for key, where in part.items())
            return whole
        if isinstance(part, list):
            if part and isinstance(part[0], str):  # a marked value, such as ["Reactive", 6]
                return value(part[1], depth + 1) if len(part) > 1 else None
            items: list[Any] = []
            made[at] = items
            items.extend(value(where, depth + 1) for where in part)
            return items
        return part

    whole = value(0, 0)
    return whole if isinstance(whole, dict) else None
