"""Labelled listings: reading them, splitting them, and the heads' view of their labels."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scrapers.errors import UsageError
from transform.steps.classify import frame_of, read_seed

COLUMNS = ("key", "title", "description", "skills", "category", "categories", "stance")
"""Columns a labels file must have; dataset, stratum, side and doubt are used where present."""

N_FOLDS = 5
HELD_OUT = 0

OFFER_SOURCES = ("fiverr", "fastwork", "kwork", "peopleperhour_offers", "offer")
"""Datasets whose listings are offers, for files without a column `side`."""

QUERY_SOURCES = ("raoina", "aschubbz", "omarelmaria", "workana", "dawn0123", "lougse", "cheto")
"""Datasets made by a search: their random rows say nothing about the market's share of AI work."""


@dataclass(frozen=True)
class Labelled:
    """One labelled listing."""

    key: str
    row: dict[str, str]
    labels: frozenset[str]
    primary: str
    stratum: str
    side: str
    fold: int

    @property
    def is_described(self) -> bool:
        """Whether there is a text beside the title."""
        return bool((self.row.get("description") or "").strip())

    @property
    def is_market_sample(self) -> bool:
        """Whether the row stands for the market: drawn at random from a dataset that no search made."""
        return self.stratum == "random" and not any(
            word in self.row.get("dataset", "") for word in QUERY_SOURCES
        )


def fold_of(key: str) -> int:
    """Fold of a labelled listing by a hash of its key; fold 0 is the held-out split, never trained on."""
    return int(hashlib.sha256(key.encode("utf-8")).hexdigest(), 16) % N_FOLDS


def _parts(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split("|") if part.strip()]


def _side(row: dict[str, str]) -> str:
    if row.get("side"):
        return row["side"]
    return "offer" if any(word in row.get("dataset", "") for word in OFFER_SOURCES) else "request"


def read_labels(path: Path, *, with_doubtful: bool = False) -> list[Labelled]:
    """Read a labels file.

    Args:
        path: CSV with the columns of `COLUMNS`.
        with_doubtful: Keep rows whose `doubt` is set; scoring leaves them out.

    Raises:
        UsageError: A column is missing, a key occurs twice or a label is unknown; file and line are named.
    """
    known = {row["category"] for row in read_seed("ai_categories")}
    found: list[Labelled] = []
    seen: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise UsageError(
                f"{path.name} has no column {', '.join(missing)}.",
                f"a labels file has the columns {', '.join(COLUMNS)}",
            )
        for row in reader:
            labels = _parts(row["categories"]) + _parts(row["stance"])
            unknown = [label for label in labels if label not in known]
            if unknown or row["key"] in seen:
                what = f"unknown label {unknown[0]!r}" if unknown else f"key {row['key']} for the second time"
                raise UsageError(
                    f"{path.name}, line {reader.line_num}: {what}.",
                    "labels are the categories of ai_categories.csv; keys are unique",
                )
            seen.add(row["key"])
            if row.get("doubt") and not with_doubtful:
                continue
            found.append(labelled_of(row))
    return found


def labelled_of(row: dict[str, str]) -> Labelled:
    """A labelled listing from its row; dataset, stratum, side and doubt may be missing."""
    return Labelled(
        key=row["key"],
        row=row,
        labels=with_decision(_parts(row["categories"]), _parts(row["stance"])),
        primary=(_parts(row["categories"]) or ["none"])[0],
        stratum=row.get("stratum") or "unknown",
        side=_side(row),
        fold=fold_of(row["key"]),
    )


def with_decision(categories: Iterable[str], stances: Iterable[str]) -> frozenset[str]:
    """Labels of one listing as the heads see them: `any_ai` where a category is set."""
    found = set(categories)
    return frozenset(found | set(stances) | ({"any_ai"} if found else set()))


def frame_of_labels(labelled: Sequence[Labelled]) -> pl.DataFrame:
    """The labelled listings as a frame for the classifier."""
    return frame_of((item.row for item in labelled), key="key")


def digest_of(labelled: Sequence[Labelled]) -> str:
    """Short hash of which listings these are, to recognise the set the weights were trained on."""
    text = "\n".join(sorted(item.key for item in labelled))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
