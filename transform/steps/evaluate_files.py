"""`gigs evaluate`: which labels are scored, and the scores as people read them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from scrapers.errors import UsageError
from transform.steps.classify import PROJECT, SEEDS, read_seed
from transform.steps.evaluate import below_floor, changes, evaluate
from transform.steps.evaluate_labels import Labelled, read_labels
from transform.steps.real_labels import read_real_labels, without_twins

OWN_LABELS = PROJECT.parent / "tests" / "fixtures" / "labels" / "listings.csv"
"""Labelled listings that the project wrote itself: they train and score where there are no others."""

NOTE = "Labels were made by language-model annotators after the codebook, not by people."
OWN_NOTE = "These listings and their labels were written for this project with a language model."

SPLITS = {
    "held_out": "the fixed fifth of the rows that no weight has seen",
    "out_of_fold": "every fifth scored by weights trained on the other four",
    "all": "every row, shipped weights (rows of the training set flatter)",
}


@dataclass(frozen=True)
class Evaluation:
    """Scores of one labelled set."""

    name: str
    note: str
    labelled: Sequence[Labelled]
    decided: pl.DataFrame
    scores: pl.DataFrame
    below_floor: list[str]
    splits: dict[str, str] = field(default_factory=lambda: SPLITS)
    columns: tuple[str, ...] = ("group", "class", "examples", "precision", "recall", "f1", "interval")

    def table(self, split: str) -> list[dict[str, Any]]:
        """Rows to print of one split: all classes pooled, `any_ai` also by stratum and side."""
        shown = self.scores.filter(
            (pl.col("split") == split)
            & ((pl.col("class") == "any_ai") | ((pl.col("stratum") == "all") & (pl.col("side") == "all")))
        )
        return [
            {
                "group": row["stratum"] if row["stratum"] != "all" else row["side"],
                "class": row["class"],
                "examples": row["n_examples"],
                "precision": _ratio(row["precision"]),
                "recall": _ratio(row["recall"]),
                "f1": _ratio(row["f1"]),
                "interval": f"{row['f1_low']:.3f} to {row['f1_high']:.3f}",
            }
            for row in shown.iter_rows(named=True)
        ]


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _shared() -> Path:
    named = os.environ.get("GIGS_SHARED")
    return Path(named) if named else PROJECT.parent.parent / "shared"


def listings_folder() -> Path:
    """Where the real datasets lie, a folder each; it need not exist."""
    return _shared() / "data" / "listings"


def default_labels() -> Path:
    """The real labelled listings where they exist, else the project's own."""
    real = _shared() / "labels" / "labelled_listings.csv"
    return real if real.is_file() else OWN_LABELS


def evaluate_file(path: Path | None = None, folder: Path = SEEDS) -> Evaluation:
    """Score a labels file, the default one if none is named.

    Raises:
        UsageError: There is no labels file, or it cannot be read.
    """
    chosen = path or default_labels()
    if not chosen.is_file():
        raise UsageError("no labelled listings here.", "name a file with --labels")
    labelled = read_labels(chosen)
    if not labelled:
        raise UsageError(f"{chosen.name} holds no labelled listings.", "rows with a doubt are left out")
    is_own = chosen.resolve() == OWN_LABELS.resolve()
    known = {item.key for item in labelled}
    written = [] if is_own or not OWN_LABELS.is_file() else read_labels(OWN_LABELS)
    read = without_twins(read_real_labels(listings_folder()), labelled)
    others = [item for item in [*written, *read] if item.key not in known]
    scores, decided = evaluate(labelled, others, folder)
    floors = read_seed("classifier_floors", folder)
    meant = [row for row in floors if row["labels"] == ("own" if is_own else "any")]
    return Evaluation(
        name=chosen.name,
        note=OWN_NOTE if is_own else NOTE,
        labelled=labelled,
        decided=decided,
        scores=scores,
        below_floor=below_floor(scores, meant),
    )


def changes_since(found: Evaluation, earlier: Path | None = None) -> pl.DataFrame | None:
    """What changed since earlier scores, or since the recorded ones where they are of the same listings.

    Returns:
        See `changes`; null when the earlier scores are of other listings.

    Raises:
        UsageError: The file holds no scores.
    """
    path = earlier or SEEDS / "classifier_evaluation.csv"
    try:
        recorded = pl.read_csv(path).select(found.scores.columns).cast(found.scores.schema)
    except pl.exceptions.PolarsError as error:
        raise UsageError(
            f"{path.name} holds no scores.", "write them with `gigs evaluate --out FILE`"
        ) from error
    return changes(found.scores, recorded)
