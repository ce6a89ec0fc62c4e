"""`gigs classify`: anybody's CSV in, the same rows with the classifier's columns out."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from scrapers.errors import UsageError
from transform.steps.classify import classify, frame_of

READ = ("title", "description", "skills", "category")
ADDED = ("is_ai", "categories", "stance", "evidence")
FIELD_LIMIT = 16 * 1024 * 1024


def classify_file(path: Path, out: Path) -> dict[str, int]:
    """Classify a CSV file.

    Args:
        path: CSV with a heading and at least one of the columns of `READ`.
        out: CSV to write: all columns of the file, then those of `ADDED`. A column of the file that has the
            name of an added one is kept as `<name>_given`.

    Returns:
        Counts: listings, ai, and each category and stance.

    Raises:
        UsageError: The file is not UTF-8, has none of the columns, or a row has more cells than the heading;
            the line is named.
    """
    csv.field_size_limit(FIELD_LIMIT)
    heading, rows = _read(path)
    decided = classify(frame_of(rows))
    counts: Counter[str] = Counter(listings=len(rows), ai=0)
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as sink:
        renamed = {name: f"{name}_given" if name in ADDED else name for name in heading}
        writer = csv.DictWriter(sink, [*renamed.values(), *ADDED], lineterminator="\n")
        writer.writeheader()
        for row, found in zip(rows, decided.iter_rows(named=True), strict=True):
            counts["ai"] += found["is_ai"]
            counts.update(found["categories"])
            counts.update(found["stances"])
            added = {
                "is_ai": "true" if found["is_ai"] else "false",
                "categories": "|".join(found["categories"]),
                "stance": "|".join(found["stances"]),
                "evidence": "; ".join(found["evidence"]),
            }
            writer.writerow({renamed[name]: value for name, value in row.items()} | added)
    part.replace(out)
    return dict(counts)


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    rows: list[dict[str, str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            heading = list(reader.fieldnames or ())
            _check_heading(path, heading)
            for row in reader:
                if None in row:
                    raise UsageError(
                        f"{path.name}, line {reader.line_num}: more cells than the heading has columns.",
                        "put cells that contain a comma in double quotes",
                    )
                rows.append({name: value or "" for name, value in row.items()})
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path.name} is not UTF-8 (byte {error.start}).", "save it as CSV in UTF-8 and run it again"
        ) from error
    except csv.Error as error:
        raise UsageError(
            f"{path.name} is not a CSV file: {error}.", "save it as CSV with a heading"
        ) from error
    return heading, rows


def _check_heading(path: Path, heading: list[str]) -> None:
    if not any(name in heading for name in READ):
        raise UsageError(
            f"{path.name} has none of the columns {', '.join(READ)}.",
            "name the columns in the first line; at least one of the four is needed",
        )
