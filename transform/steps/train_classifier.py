"""Fit the classifier's weights: one regularised logistic regression per category and stance.

The weights are a reviewed artefact (`seeds/ai_weights.csv`). Each head starts from a prior - the strength
that `ai_signals.csv` gives a signal, scaled by the field it stands in - and is pulled away from it only as
far as labelled listings insist (ridge regression towards the prior, the MAP estimate under a normal prior).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

FIELD_FACTORS = {
    "title": 1.0,
    "tags": 0.8,
    "description": 0.3,
    "said": 0.3,
    "opening": 0.2,
    "category": 0.3,
    "skills": 0.1,
}
"""How much of a signal's strength its prior keeps in each field."""

PENALTY = 2.0
LEAST_WEIGHT = 0.02
"""Smaller weights are left out: the artefact stays short enough to be read."""

FOREIGN = 4.0
TAG_FACTOR = 2.0
WIDE_HEADS = ("any_ai",)
PRIOR_BIAS = {"any_ai": -1.0, "ai_integration": -2.0}
USUAL_BIAS = -3.0
LEANING = {"ai_integration": 0.4, "ai_model_development": 1.1}
USUAL_LEANING = 0.6
"""Added to a head's bias: classes are judged by F1, whose best threshold lies below one half."""


def with_rules(
    signals: Sequence[Mapping[str, str]], rules: Sequence[Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """Signals and rules by name: a rule is a signal without a field."""
    return {row["signal"]: row for row in signals} | {
        row["rule"]: {**row, "signal": row["rule"], "names_ai": "no"} for row in rules
    }


def prior_weight(feature: str, category: str, signals: Mapping[str, Mapping[str, str]]) -> float:
    """Weight that the seeds alone give a feature in a category's head."""
    if feature == "bias":
        return PRIOR_BIAS.get(category, USUAL_BIAS)
    signal, _, field = feature.partition("@")
    row = signals.get(signal)
    if row is None:
        return 0.0
    factor = FIELD_FACTORS.get(field, 1.0)
    strength = float(row["strength"] or 0)
    if row["category"] == category:
        return strength * factor
    if category == "any_ai" and row["names_ai"] == "yes" and strength > 0:
        return 0.35 * strength * factor
    return 0.0


def penalty_of(feature: str, category: str, signals: Mapping[str, Mapping[str, str]]) -> float:
    """How strongly a weight is held to its prior: words that speak for the category move most freely."""
    signal, _, field = feature.partition("@")
    row = signals.get(signal)
    if row is None:
        return PENALTY
    if row["category"] == category or category in WIDE_HEADS:
        held = PENALTY
    elif row["names_ai"] == "yes":
        held = PENALTY * FOREIGN
    else:
        held = PENALTY * FOREIGN * 2
    return held * (TAG_FACTOR if field in ("skills", "category") else 1.0)


@dataclass(frozen=True)
class Design:
    """Listings as rows of noughts and ones: a column per feature."""

    keys: list[str]
    names: list[str]
    matrix: Any
    """A sparse matrix of floats: a row per listing, a column per feature."""

    @classmethod
    def of(cls, features: pl.DataFrame, names: Sequence[str] | None = None) -> Design:
        """Build from listing_id and features; unknown features are left out when names are given."""
        pairs = features.sort("listing_id")
        keys = pairs["listing_id"].to_list()
        lists = pairs["features"].to_list()
        order = list(names) if names is not None else sorted({name for row in lists for name in row})
        place = {name: k for k, name in enumerate(order)}
        there = [(i, place[name]) for i, row in enumerate(lists) for name in row if name in place]
        rows, columns = np.array(there, dtype=int).reshape(-1, 2).T
        ones = np.ones(len(there))
        return cls(keys, order, sparse.csr_array((ones, (rows, columns)), shape=(len(keys), len(order))))


def fit_head(
    matrix: Any,
    target: NDArray[np.float64],
    prior: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weights that minimise log loss plus penalty/2 times the squared distance from the prior.

    Args:
        matrix: A row per listing, a column per feature; dense or sparse.
        target: One where the listing has the label.
        prior: Weights to start from and to be drawn back to, one per feature.
        penalty: How strongly, one per feature.
    """
    turned = matrix.T

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = matrix @ w
        away = w - prior
        value = np.logaddexp(0, z).sum() - target @ z + (penalty * away) @ away / 2
        return float(value), turned @ (expit(z) - target) + penalty * away

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights: NDArray[np.float64] = found.x
    return weights


def train(
    design: Design,
    labels: Mapping[str, Set[str]],
    categories: Sequence[str],
    signals: Mapping[str, Mapping[str, str]],
) -> pl.DataFrame:
    """Weights of all heads: feature, category, weight (rounded to three decimals, small ones left out).

    Args:
        design: Features of the labelled listings that name AI.
        labels: Categories and stances of each key; `any_ai` is derived from the categories.
        categories: Heads to fit.
        signals: Signals and rules by name (see `with_rules`).
    """
    rows: list[tuple[str, str, float]] = []
    for category in categories:
        target = np.array([float(category in labels[key]) for key in design.keys])
        prior = np.array([prior_weight(name, category, signals) for name in design.names])
        penalty = np.array([penalty_of(name, category, signals) for name in design.names])
        weights = fit_head(design.matrix, target, prior, penalty)
        leaning = LEANING.get(category, USUAL_LEANING)
        for name, weight in zip(design.names, weights, strict=True):
            rounded = round(float(weight) + (leaning if name == "bias" else 0.0), 3)
            if abs(rounded) >= LEAST_WEIGHT:
                rows.append((name, category, rounded))
    return pl.DataFrame(rows, schema=["feature", "category", "weight"], orient="row")


def beside_shipped(
    fitted: pl.DataFrame, shipped: pl.DataFrame, signals: Set[str], categories: Sequence[str]
) -> pl.DataFrame:
    """Shipped weights, and fitted ones only for labels and features that have none: what the many listings
    taught is not forgotten for the few at hand.

    Args:
        fitted: feature, category, weight of the listings at hand.
        shipped: The same of the seed as it is.
        signals: Names of today's signals and rules; weights of others are left out.
        categories: Today's labels, likewise.
    """
    signal = pl.col("feature").str.split("@").list.first()
    kept = shipped.filter(
        pl.col("category").is_in(list(categories))
        & (~pl.col("feature").str.contains("@", literal=True) | signal.is_in(list(signals)))
    )
    new = ~pl.col("category").is_in(kept["category"].unique().to_list()) | ~pl.col("feature").is_in(
        kept["feature"].unique().to_list()
    )
    return pl.concat([kept, fitted.filter(new)])


def main() -> None:
    """Fit the weights on all labels but the held-out fold and write the seed."""
    import shutil
    import sys
    import tempfile
    from pathlib import Path

    from transform.steps.classify import SEEDS, features, read_seed
    from transform.steps.evaluate_files import OWN_LABELS, default_labels, listings_folder
    from transform.steps.evaluate_labels import HELD_OUT, frame_of_labels, read_labels
    from transform.steps.real_labels import read_real_labels, without_twins

    paths = [Path(word) for word in sys.argv[1:]] or [default_labels()]
    labelled = {
        item.key: item for path in [*paths, OWN_LABELS] if path.is_file() for item in read_labels(path)
    }
    held = [item for item in labelled.values() if item.fold == HELD_OUT]
    read = without_twins(read_real_labels(listings_folder()), held)
    kept = [item for item in labelled.values() if item.fold != HELD_OUT] + read
    signals = with_rules(read_seed("ai_signals"), read_seed("ai_rules"))
    categories = [row["category"] for row in read_seed("ai_categories")]
    with tempfile.TemporaryDirectory() as name:
        draft = Path(name) / "seeds"  # the old weights may speak of signals that are gone
        shutil.copytree(SEEDS, draft)
        nought = [f"bias,{category},0\n" for category in categories]
        (draft / "ai_weights.csv").write_text("feature,category,weight\n" + "".join(nought), "utf-8")
        design = Design.of(features(frame_of_labels(kept), draft))
    weights = train(design, {item.key: item.labels for item in kept}, categories, signals)
    said = (
        f"{len(kept)} listings, {len(read)} of them known by their hashes; {weights.height} weights written"
    )
    if not read:
        shipped = pl.read_csv(SEEDS / "ai_weights.csv", schema=weights.schema)
        weights = beside_shipped(weights, shipped, signals.keys(), categories)
        said = (
            f"The real listings are not at hand: weights are fitted (on {len(kept)} others) only for new "
            f"labels and features; {weights.height - shipped.height} more than before"
        )
    weights.sort("category", "feature").write_csv(SEEDS / "ai_weights.csv", float_precision=3)
    sys.stderr.write(f"{said}\n")


if __name__ == "__main__":
    main()
