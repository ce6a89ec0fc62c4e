"""What a file is: its format, encoding and delimiter, found from its first megabyte; gzip is transparent."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import BinaryIO, Literal, cast, get_args

from charset_normalizer import from_bytes

from scrapers.errors import GigsError

Format = Literal["csv", "json", "jsonl", "parquet", "sqlite", "feed", "pattern"]
FORMATS: tuple[Format, ...] = get_args(Format)

HEAD_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_DELIMITERS = ("||", ",", ";", "\t", "|")
_NOT_TABLES = {
    b"PK\x03\x04": ("a ZIP archive or an Excel file", "unpack it, or save the sheet as CSV"),
    b"%PDF": ("a PDF", "save the table in it as CSV"),
    b"\x89PNG": ("a PNG image", "give the file with the data"),
    b"\xff\xd8\xff": ("a JPEG image", "give the file with the data"),
    b"\xd0\xcf\x11\xe0": ("an old Excel file", "save the sheet as CSV"),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "unpack it with `zstd -d`"),
    b"BZh": ("compressed with bzip2", "unpack it with `bunzip2`"),
    b"\xfd7zXZ": ("compressed with xz", "unpack it with `unxz`"),
}
_SAVED_IN = (
    "cp1252", "cp1250", "cp1251", "cp1254", "cp1253", "cp1255", "cp1256", "cp874", "koi8_r",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked when it is gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def read_head(path: Path) -> bytes:
    """The first megabyte of a file that can be read.

    Raises:
        GigsError: The path is missing, a folder or empty, or its gzip is damaged.
    """
    if not path.exists():
        raise GigsError(f"{path} does not exist", "check the spelling of the path")
    if path.is_dir():
        raise GigsError(f"{path} is a folder, not a file", "name a file in it")
    try:
        with open_bytes(path) as file:
            head = file.read(HEAD_BYTES)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise damaged_gzip(path) from None
    if not head.strip():
        raise GigsError(f"{path} is empty", "get the file again; nothing was imported")
    return head


def damaged_gzip(path: Path) -> GigsError:
    """The error for a gzip file that ends too early or is damaged."""
    return GigsError(f"{path} is a damaged or cut-off gzip file", "get the whole file again")


def detect_format(path: Path, head: bytes) -> Format:
    """The format of a file from its first bytes; the name does not count.

    Raises:
        GigsError: The file is something that holds no table (an image, an archive, a web page).
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    for magic, (what, advice) in _NOT_TABLES.items():
        if head.startswith(magic):
            raise GigsError(f"{path} is {what}, which cannot be imported", advice)
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise GigsError(
            f"{path} is a binary file of an unknown kind",
            "formats that can be read: CSV, JSON, JSON lines, Parquet, SQLite, RSS/Atom, each also gzipped",
        )
    text = decode_head(head, detect_encoding(head)).lstrip()
    lowered = text[:200].lower()
    if lowered.startswith(("<!doctype html", "<html")):
        raise GigsError(f"{path} is a web page, not a table of listings", "export the data as CSV or JSON")
    if lowered.startswith("<"):
        return "feed"
    if lowered.startswith("["):
        return "json"
    if lowered.startswith("{"):
        return "jsonl" if _is_json_lines(text) else "json"
    return "csv"


def _is_json_lines(text: str) -> bool:
    first, _, rest = text.partition("\n")
    try:
        record = json.loads(first)
    except ValueError:
        return '\n{"' in rest  # a damaged first line does not change what the file is
    if rest.strip():
        return rest.lstrip().startswith("{")
    return isinstance(record, dict) and not any(isinstance(value, list | dict) for value in record.values())


def detect_encoding(head: bytes) -> str:
    """UTF-8 where the bytes are valid UTF-8, else what a byte-order mark or their statistics say."""
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _likely_encoding(head[: HEAD_BYTES // 4])
    return "utf-8"


def _likely_encoding(head: bytes) -> str:
    """The most plausible of the encodings that tables are saved in; of equals, the most common one."""
    found = list(from_bytes(head, cp_isolation=list(_SAVED_IN)))
    if not found:
        return _SAVED_IN[0]
    best = min(found, key=lambda item: (item.chaos, -item.coherence, _SAVED_IN.index(item.encoding)))
    return _SAVED_IN[0] if _SAVED_IN[0] in best.could_be_from_charset else best.encoding


def decode_head(head: bytes, encoding: str) -> str:
    """The head as text; a character cut at its end is left out."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def detect_delimiter(text: str) -> str:
    """The delimiter that cuts the first records into the same number of fields, most often."""
    lines = text.splitlines()[:200]
    if sum("||" in line for line in lines) > len(lines) / 3:
        return "||"

    def score(delimiter: str) -> tuple[float, int]:
        rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in rows if row)
        except csv.Error:
            return (0.0, 0)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return (count / widths.total(), width) if width > 1 else (0.0, 0)

    candidates = [delimiter for delimiter in _DELIMITERS if len(delimiter) == 1]
    best = max(candidates, key=score)
    return best if score(best)[1] > 1 else ","
