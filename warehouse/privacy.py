"""No personal data is kept: keyed hashes instead of author ids, and redaction of contact details in texts.

Redaction finds e-mail addresses, links, social handles and telephone numbers. Names in free text cannot be
found reliably; the method page says so.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from scrapers.errors import ConfigError

_KEY_BYTES = 32

EMAIL, LINK, HANDLE, PHONE = "[email]", "[link]", "[handle]", "[phone]"

_RULES: tuple[tuple[str, str, str], ...] = (
    # (cheap test, pattern, replacement): a text without the cheap mark is not searched for the pattern
    (
        r"@|(?i:\bat\b)|\(at\)|\[at\]",
        r"(?i)[\p{L}\p{N}._%+\-]+(?:"
        r"\s?(?:@|\(at\)|\[at\]|\{at\})\s?[\p{L}\p{N}\-]+(?:(?:\.|\s?[(\[{]dot[)\]}]\s?|\s+dot\s+)[\p{L}\p{N}\-]+)+"
        r"|\s+at\s+[\p{L}\p{N}\-]+(?:\s+dot\s+[\p{L}\p{N}\-]+)+)",
        EMAIL,
    ),
    (
        r"(?i)://|www\.|t\.me|wa\.me|\.(?:com|net|org|io|gg|ly|me)/",
        r"(?i)\b(?:https?://|ftp://|www\.)[^\s<>\"')\]]+|\b(?:[a-z0-9\-]+\.)+(?:com|net|org|io|gg|ly|me)/[^\s<>\"')\]]+",
        LINK,
    ),
    (
        r"@|(?i:telegram|whats|skype|discord|insta|wechat|signal|viber)",
        r"(?i)((?:telegram|whats\s?app|skype|discord|instagram|insta|wechat|signal|viber|twitter|snapchat)"
        r"(?:\s+(?:id|me|at|handle|user(?:name)?|is))*\s*[:=\-]\s*)@?[\p{L}\p{N}_.:\-]{3,}(?:#\d{4})?",
        "${1}" + HANDLE,
    ),
    (r"@", r"(^|[\s(,;:])@[A-Za-z0-9_][A-Za-z0-9_.]{2,}", "${1}" + HANDLE),
    (
        r"\d[\d\s().\-]{5,}\d",
        r"(^|[^\p{L}\p{N}$€£.,#/\-])"
        r"(?:\+\s?\d{1,3}[\s.\-()]*(?:\d[\s.\-()]{0,2}){6,12}\d"
        r"|\(\d{2,4}\)[\s.\-]?\d{3,4}[\s.\-]?\d{3,4}"
        r"|\d{3,5}[\s.\-]\d{3,4}[\s.\-]\d{3,4}"
        r"|0\d{9,10}|[6-9]\d{9})"
        r"(?:$|\b)",
        "${1}" + PHONE,
    ),
)


def redact(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The frame with e-mail addresses, links, handles and telephone numbers of those columns replaced."""
    for column in columns:
        text = pl.col(column)
        for mark, pattern, replacement in _RULES:
            if frame[column].str.contains(mark).any():
                cleaned = pl.when(text.str.contains(mark)).then(text.str.replace_all(pattern, replacement))
                frame = frame.with_columns(cleaned.otherwise(text).alias(column))
    return frame


def read_key(path: Path) -> bytes:
    """The secret of the keyed hashes, made on first use and readable by its owner only.

    Raises:
        ConfigError: The file exists but is not a key of this program.
    """
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        return _new_key(path)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigError(
            f"{path} is not a key of {_KEY_BYTES} bytes in hex",
            "restore it from your backup; with another key the same author gets another `author_key`",
        )
    return key


def _new_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another run was faster: its key counts
        return read_key(path)
    with os.fdopen(handle, "w") as file:
        file.write(key.hex() + "\n")
    return key


def author_keys(platforms: pl.Series, author_ids: pl.Series, key: bytes) -> pl.Series:
    """Keyed hashes (HMAC-SHA-256, 128 bits in hex) of author ids, apart for each platform; null stays so."""
    pairs = pl.DataFrame({"platform": platforms, "author_id": author_ids})
    known = pairs.unique().drop_nulls("author_id")
    hashes = [
        hmac.digest(key, f"{platform}\x1f{author}".encode("utf-8", "surrogatepass"), "sha256").hex()[:32]
        for platform, author in known.iter_rows()
    ]
    keyed = known.with_columns(author_key=pl.Series(hashes, dtype=pl.String))
    return pairs.join(keyed, on=["platform", "author_id"], how="left", maintain_order="left")["author_key"]
