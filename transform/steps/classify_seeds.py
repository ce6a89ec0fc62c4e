"""Check the classifier's seeds: a wrong row is named with file and line before anything runs."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from scrapers.errors import ConfigError

FIELDS = ("any", "title", "description", "skills", "tags", "category")
FEATURE_FIELDS = (*FIELDS[1:], "said", "opening")
KINDS = ("decision", "category", "stance")
LABEL_SETS = ("any", "own")
SPLITS = ("held_out", "out_of_fold", "all")
KEYS = {"ai_categories": ("category", "position"), "ai_signals": ("signal",), "ai_rules": ("rule",)}
"""Columns in which no value may stand twice."""
MAX_WORDS = 4
_WORD = re.compile(r"^[^\W_]?[\w+#.\u0E00-\u0E7F]*[*]?$")
_LATIN = re.compile(r"[a-z]")

Row = dict[str, str]
Check = Callable[[Row], str | None]


def check_seeds(folder: Path) -> None:
    """Check every row of the seeds that decide about AI work and occupations.

    Raises:
        ConfigError: The first wrong row: file, line, what is wrong.
    """
    categories = {row["category"] for _, row in _rows(folder, "ai_categories")}
    weighted = {row["category"] for _, row in _rows(folder, "ai_weights")}
    signals = {row["signal"] for _, row in _rows(folder, "ai_signals")}
    rules = {row["rule"] for _, row in _rows(folder, "ai_rules")}

    def known_category(row: Row) -> str | None:
        name = row["category"]
        return None if not name or name in categories else f"unknown category {name!r}"

    def category(row: Row) -> str | None:
        if row["kind"] not in KINDS:
            return f"kind is {row['kind']!r}, not one of {', '.join(KINDS)}"
        return None if row["position"].isdigit() else f"position is {row['position']!r}, not a whole number"

    def signal(row: Row) -> str | None:
        if row["names_ai"] not in ("yes", "no"):
            return f"names_ai is {row['names_ai']!r}, not yes or no"
        return known_category(row) or _number(row["strength"], "strength")

    def term(row: Row) -> str | None:
        if row["signal"] not in signals:
            return f"unknown signal {row['signal']!r}"
        if row["field"] not in FIELDS:
            return f"unknown field {row['field']!r}"
        return _term_fault(row["term"])

    def near(row: Row) -> str | None:
        for name in [row["signal"], *row["first"].split(), *row["second"].split()]:
            if name not in signals:
                return f"unknown signal {name!r}"
        if not row["within"].isdigit() or not 1 <= int(row["within"]) <= 50:
            return f"within is {row['within']!r}, not a number from 1 to 50"
        return (
            None if row["in_order"] in ("", "yes") else f"in_order is {row['in_order']!r}, not yes or empty"
        )

    def rule(row: Row) -> str | None:
        for feature in f"{row['all_of']} {row['any_of']} {row['none_of']}".split():
            name, _, field = feature.partition("@")
            if name not in signals or field not in FEATURE_FIELDS:
                return f"unknown feature {feature!r}: it is a signal, an @ and a field"
        return known_category(row) or _number(row["strength"], "strength")

    def weight(row: Row) -> str | None:
        name, at, _ = row["feature"].partition("@")
        if at and name not in signals and name not in rules:
            return f"unknown signal {name!r}; `make train` writes the weights anew"
        if row["category"] not in categories:
            return f"unknown category {row['category']!r}; `make train` writes the weights anew"
        return _number(row["weight"], "weight")

    def floor(row: Row) -> str | None:
        if row["labels"] not in LABEL_SETS or row["split"] not in SPLITS:
            return f"labels are {' or '.join(LABEL_SETS)}, splits {', '.join(SPLITS)}"
        if row["class"] != "macro" and row["class"] not in categories:
            return f"unknown class {row['class']!r}"
        return _number(row["f1"], "f1")

    checks: dict[str, Check] = {
        "ai_categories": category,
        "ai_signals": signal,
        "ai_terms": term,
        "ai_near": near,
        "ai_rules": rule,
        "ai_weights": weight,
        "classifier_floors": floor,
    }
    for name, check in checks.items():
        seen: set[tuple[str, str]] = set()
        for line, row in _rows(folder, name):
            fault = check(row)
            for column in KEYS.get(name, ()):
                if (column, row[column]) in seen:
                    fault = fault or f"{column} {row[column]!r} stands here a second time"
                seen.add((column, row[column]))
            if fault:
                raise ConfigError(
                    f"{name}.csv, line {line}: {fault}.", "correct the row, then run this again"
                )
    for line, row in _rows(folder, "ai_categories"):
        if row["category"] not in weighted:
            raise ConfigError(
                f"ai_categories.csv, line {line}: {row['category']!r} has no weights yet.",
                "`make train` fits them",
            )


def _rows(folder: Path, name: str) -> Iterator[tuple[int, Row]]:
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            if None in row or None in row.values():
                expected = len(reader.fieldnames or ())
                raise ConfigError(
                    f"{path.name}, line {reader.line_num}: {expected} cells are expected.",
                    "a cell with a comma stands in double quotes",
                )
            yield reader.line_num, row


def _number(text: str, what: str) -> str | None:
    try:
        float(text)
    except ValueError:
        return f"{what} is {text!r}, not a number"
    return None


def _term_fault(term: str) -> str | None:
    words = term.split(" ")
    if not term or len(words) > MAX_WORDS:
        return f"a term has one to {MAX_WORDS} words, {term!r} has {len(words) if term else 0}"
    if term != term.lower():
        return f"a term is written in lower case, {term!r} is not"
    for word in words:
        for choice in word.split("|"):
            if not choice or not _WORD.match(choice):
                return f"broken pattern {word!r}: words, a|b, and a final * are understood"
            if choice.endswith("*") and _LATIN.search(choice):
                return f"{choice!r}: Latin words are spelled in full, * is for other scripts"
    return None
