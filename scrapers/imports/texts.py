"""Texts as a person would read them: tags and entities resolved, broken encodings mended."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import polars as pl
from ftfy import fix_encoding
from selectolax.lexbor import LexborHTMLParser

_BREAKS = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|ul|ol|tr|h[1-6]|pre|blockquote)>|<(?:p|li|pre)[^>]*>")
_TAG = re.compile(r"</?[a-zA-Z!][^>]*>")
_LINES = re.compile(r"[ \t\xa0]*\n\s*")


def html_to_text(text: str) -> str:
    """The text of an HTML fragment; paragraphs and line breaks become line breaks.

    >>> html_to_text("Fast &amp; good<br />for &lt;$50<p>Thanks")
    'Fast & good\\nfor <$50\\nThanks'
    """
    if _TAG.search(text):
        body = LexborHTMLParser(_BREAKS.sub("\n", text)).body
        text = body.text() if body else ""
    else:
        text = html.unescape(text)
    return _LINES.sub("\n", text).strip()


def mend(text: str) -> str:
    """A text whose UTF-8 was once read as another encoding, mended ("donâ€™t"); others as they are."""
    fixed: str = fix_encoding(text)
    return fixed


def mapped(text: pl.Expr, change: Callable[[str], str], mark: str) -> pl.Expr:
    """Expression: the change applied to texts that hold the mark (a pattern), once per distinct text."""

    def apply(series: pl.Series) -> pl.Series:
        touched = series.str.contains(mark).fill_null(False)
        if not touched.any():
            return series
        found = series.filter(touched).unique()
        changed = pl.Series([change(value) for value in found], dtype=pl.String)
        return series.replace(found, changed)

    return text.map_batches(apply, return_dtype=pl.String)


def plain_html(text: pl.Expr) -> pl.Expr:
    """Expression: HTML as text."""
    return mapped(text, html_to_text, r"[<&]")


def plain_entities(text: pl.Expr) -> pl.Expr:
    """Expression: `&amp;` and the like as the characters they stand for; tags are left alone."""
    return mapped(text, html.unescape, "&")


def mended(text: pl.Expr) -> pl.Expr:
    """Expression: broken encodings mended where a text shows their marks."""
    return mapped(text, mend, r"[\u00c2\u00c3\u00e2\u00f0\u00d0\u00d8\u00e3\ufffd]")
