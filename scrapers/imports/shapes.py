"""Shapes of values in an unknown column: money, dates, lists, links, markup. Names of shapes, no parsing."""

from __future__ import annotations

import re

import polars as pl

_NUMBER = r"\d[\d.,'\u00a0\u202f ]*"
_MARK = (
    r"(?:[$€£¥₹₽₩₪₫₱฿₺]|R\$|\b(?:USD|EUR|GBP|INR|BRL|PKR|THB|AUD|CAD|CHF|JPY|CNY|PLN|SEK|NGN|PHP|IDR|"
    r"MXN|ARS|CLP|COP|PEN|TRY|ZAR|kr|Rs)\b)"
)
_DATES = {
    "iso": r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z| ?[+-]\d{2}:?\d{2})?$",
    "epoch": r"^1\d{9}(?:\.0+)?$",
    "epoch_ms": r"^1\d{12}$",
    "rfc2822": r"^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}",
    "relative": r"(?i)\b(?:ago|yesterday|today|just now|hace|ayer|hoy|há|ontem|hoje|il y a|hier|vor \d+|"
    r"gestern|назад|вчера|fa|ieri|geleden|temu|前)(?:\b|$)",
    "numeric": r"^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|\d{4}[./-]\d{1,2}[./-]\d{1,2})"
    r"(?:,? \d{1,2}:\d{2}.*)?$",
    "words": r"(?i)^(?:\w+ \d{1,2},? \d{4}|\d{1,2}\.? (?:de )?\w+ (?:de )?\d{4})",
}
_ENOUGH = 0.6


def money_shape(values: pl.Series) -> str | None:
    """`marked` (with a symbol or code), `number` (bare) or null."""
    marked = rf"(?i){_MARK}\s*{_NUMBER}|{_NUMBER}\s*{_MARK}"
    if _share(values, marked) >= _ENOUGH and values.str.len_chars().median() < 60:  # type: ignore[operator]
        return "marked"
    return "number" if _share(values, rf"^-?{_NUMBER}(?:\s*[-–]\s*{_NUMBER})?$") >= _ENOUGH else None


def date_shape(values: pl.Series) -> str | None:
    """The kind of date that most values are, or null."""
    found = {name: _share(values, pattern) for name, pattern in _DATES.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= _ENOUGH else None


def list_shape(values: pl.Series) -> str | None:
    """How lists are written: `json`, `python`, a separator, or null."""
    if _share(values, r"^\[.*\]$") >= _ENOUGH:
        return "python" if _share(values, r"^\[\s*(?:'|$)") > _share(values, r'^\[\s*"') else "json"
    for separator in ("|", ";", ","):
        if _share(values, re.escape(separator)) >= _ENOUGH / 2:
            return separator
    return None


def day_order(values: pl.Series) -> str | None:
    """`DMY` or `MDY` where a number above 12 decides it, `YMD` for years first, else null."""
    parts = (
        values.str.extract_groups(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})").struct.unnest().cast(pl.Int64)
    )
    first, second = parts.to_series(0), parts.to_series(1)
    if (first > 31).any():
        return "YMD"
    if (first > 12).any() == (second > 12).any():
        return None
    return "DMY" if (first > 12).any() else "MDY"


def has_markup(values: pl.Series) -> bool:
    """Whether texts hold HTML tags."""
    return _share(values, r"(?i)<(?:br|p|b|ul|li|div|span|a)\b[^>]*>") > 0.05


def has_entities(values: pl.Series) -> bool:
    """Whether texts hold HTML entities."""
    return _share(values, r"&(?:amp|lt|gt|quot|nbsp|#\d+|#x[0-9a-fA-F]+);") > 0


def is_link(values: pl.Series) -> bool:
    """Whether most values are links."""
    return _share(values, r"^https?://") >= _ENOUGH


def _share(values: pl.Series, pattern: str) -> float:
    if values.is_empty():
        return 0.0
    return float(values.str.contains(pattern).sum()) / len(values)
