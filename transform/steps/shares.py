"""Shares of AI work with honest uncertainty: Wilson intervals, and shares corrected for the classifier.

Sources: Wilson (1927), Rogan and Gladen (1978), Lang and Reiczigel (2014).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

Z = 1.959963984540054
MIN_POSITIVES = 30
MIN_NEGATIVES = 200
MIN_YOUDEN = 0.5


@dataclass(frozen=True)
class Counts:
    """Random labelled listings of one text kind: how the classifier decided on them for one category."""

    n_positive: int
    n_negative: int
    n_true_positive: int
    n_true_negative: int


@dataclass(frozen=True)
class Corrected:
    """Corrected share with its interval, or why there is none."""

    share: float | None
    low: float | None
    high: float | None
    reason: str | None


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of k in n (n at least 1)."""
    centre = (k + Z * Z / 2) / (n + Z * Z)
    half = Z * math.sqrt(k * (n - k) / n + Z * Z / 4) / (n + Z * Z)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def youden_low(counts: Counts) -> float:
    """Lower 95% bound of sensitivity + specificity - 1 (adjusted Wald)."""
    n_se, n_sp = counts.n_positive + 2, counts.n_negative + 2
    se = (counts.n_true_positive + 1) / n_se
    sp = (counts.n_true_negative + 1) / n_sp
    return se + sp - 1 - Z * math.sqrt(se * (1 - se) / n_se + sp * (1 - sp) / n_sp)


def correct(k: int, n: int, counts: Counts | None) -> Corrected:
    """Rogan-Gladen share with the Lang-Reiczigel interval, clipped to [0, 1].

    Args:
        k: Listings the classifier found.
        n: Listings in the cell, at least 1.
        counts: The classifier on random labelled listings of the same text kind; None where there are none.
    """
    if counts is None:
        return Corrected(None, None, None, "not supported: no random labelled listings of this text kind")
    if counts.n_positive < MIN_POSITIVES or counts.n_negative < MIN_NEGATIVES:
        return Corrected(
            None,
            None,
            None,
            f"not supported: {counts.n_positive} labelled positives and {counts.n_negative} negatives, "
            f"{MIN_POSITIVES} and {MIN_NEGATIVES} are needed",
        )
    if youden_low(counts) <= MIN_YOUDEN:
        return Corrected(None, None, None, "not supported: the classifier's errors are not known well enough")
    n_se, n_sp, n_p = counts.n_positive + 2, counts.n_negative + 2, n + Z * Z
    se = (counts.n_true_positive + 1) / n_se
    sp = (counts.n_true_negative + 1) / n_sp
    p = (k + Z * Z / 2) / n_p
    youden = se + sp - 1
    centre = (p + sp - 1) / youden
    shift = 2 * Z * Z * (centre * se * (1 - se) / n_se - (1 - centre) * sp * (1 - sp) / n_sp)
    spread = math.sqrt(
        p * (1 - p) / n_p + centre**2 * se * (1 - se) / n_se + (1 - centre) ** 2 * sp * (1 - sp) / n_sp
    )
    half = Z * spread / youden
    raw_se = counts.n_true_positive / counts.n_positive
    raw_sp = counts.n_true_negative / counts.n_negative
    point = (k / n + raw_sp - 1) / (raw_se + raw_sp - 1)

    def clip(value: float) -> float:
        return min(max(value, 0.0), 1.0)

    return Corrected(clip(point), clip(centre + shift - half), clip(centre + shift + half), None)


def random_counts(evaluation: pl.DataFrame) -> dict[tuple[str, str], Counts]:
    """The classifier on random labelled listings, out of fold: by text kind and class.

    Args:
        evaluation: Rows that `gigs evaluate --out` writes; strata `random_described`, `random_title_only`.
    """
    kept = evaluation.filter(
        (pl.col("split") == "out_of_fold")
        & pl.col("stratum").is_in(["random_described", "random_title_only"])
    )
    return {
        (row["stratum"].removeprefix("random_"), row["class"]): Counts(
            n_positive=row["n_examples"],
            n_negative=row["n_listings"] - row["n_examples"],
            n_true_positive=row["n_right"],
            n_true_negative=row["n_listings"] - row["n_examples"] - (row["n_predicted"] - row["n_right"]),
        )
        for row in kept.iter_rows(named=True)
    }


def monthly_ai_shares(cells: pl.DataFrame, evaluation: pl.DataFrame) -> pl.DataFrame:
    """Intervals and corrected shares of counted cells.

    Args:
        cells: month_on, source, platform, side, occupation, category, frame, is_simulated, text_kind
            (`described`, `title_only`, `mixed`), k, n.
        evaluation: The classifier's scores on labelled listings.

    Returns:
        The cells without text_kind, with share, share_low, share_high, corrected_share, corrected_low,
        corrected_high and correction_reason (null where the correction is supported).
    """
    known = random_counts(evaluation)
    rows = []
    for row in cells.iter_rows(named=True):
        low, high = wilson(row["k"], row["n"])
        name = "any_ai" if row["category"] == "any" else row["category"]
        if row["text_kind"] == "mixed":
            fixed = Corrected(None, None, None, "not supported: titles alone and full texts are mixed")
        else:
            fixed = correct(row["k"], row["n"], known.get((row["text_kind"], name)))
        rows.append(
            {
                "share": row["k"] / row["n"],
                "share_low": low,
                "share_high": high,
                "corrected_share": fixed.share,
                "corrected_low": fixed.low,
                "corrected_high": fixed.high,
                "correction_reason": fixed.reason,
            }
        )
    added = pl.DataFrame(
        rows,
        schema={
            "share": pl.Float64,
            "share_low": pl.Float64,
            "share_high": pl.Float64,
            "corrected_share": pl.Float64,
            "corrected_low": pl.Float64,
            "corrected_high": pl.Float64,
            "correction_reason": pl.String,
        },
    )
    return pl.concat([cells.drop("text_kind"), added], how="horizontal")
