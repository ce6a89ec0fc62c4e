"""Scores of the classifier on labelled listings, with their uncertainty.

Three views, because a score on listings that shaped the weights flatters: `all` (every row, the shipped
weights), `held_out` (the fixed fifth of the rows, by a hash of their keys, without those of which a repost
was among the listings that trained the weights) and `out_of_fold` (each fifth scored by weights trained on
the other four).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transform.steps.classify import SEEDS, compile_statement, connect, features, read_seed
from transform.steps.evaluate_labels import HELD_OUT, N_FOLDS, Labelled, frame_of_labels
from transform.steps.real_labels import has_twin, known_traces
from transform.steps.train_classifier import Design, train, with_rules

N_BOOTSTRAPS = 1000
SEED = 20221130
MIN_EXAMPLES = 8
"""Classes with fewer labelled examples are printed but enter neither the macro average nor a floor."""

SCORE_SCHEMA = {
    "split": pl.String,
    "stratum": pl.String,
    "side": pl.String,
    "class": pl.String,
    "n_listings": pl.Int64,
    "n_examples": pl.Int64,
    "n_predicted": pl.Int64,
    "n_right": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "f1": pl.Float64,
    "f1_low": pl.Float64,
    "f1_high": pl.Float64,
}

Decisions = dict[str, frozenset[str]]


def decide(
    labelled: Sequence[Labelled], folder: Path = SEEDS, weights: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The classifier's decisions on labelled listings, with other weights than the shipped ones if given.

    Returns:
        One row per listing: listing_id, is_ai, categories, stances, evidence, ai_score.
    """
    con = connect(folder)
    con.register("labelled_in", frame_of_labels(labelled))
    if weights is not None:
        con.register("weights_in", weights)
        con.execute("create or replace table ai_weights as select * from weights_in")
    sql = compile_statement(con, "classify_statement('labelled_in', 'decisions')")
    found: pl.DataFrame = con.sql(sql).pl()
    return found


def as_sets(decided: pl.DataFrame) -> Decisions:
    """Labels of each listing as one set; `any_ai` where it is an AI service."""
    return {
        row["listing_id"]: frozenset(row["categories"])
        | frozenset(row["stances"])
        | ({"any_ai"} if row["is_ai"] else frozenset())
        for row in decided.iter_rows(named=True)
    }


def out_of_fold(
    labelled: Sequence[Labelled], others: Sequence[Labelled] = (), folder: Path = SEEDS
) -> Decisions:
    """Decisions on every fold by weights trained on the other folds (and on other labelled listings)."""
    signals = with_rules(read_seed("ai_signals", folder), read_seed("ai_rules", folder))
    categories = [row["category"] for row in read_seed("ai_categories", folder)]
    pool = [*labelled, *others]
    known = features(frame_of_labels(pool), folder)
    labels = {item.key: item.labels for item in pool}
    found: Decisions = {}
    for fold in range(N_FOLDS):
        tested = [item for item in labelled if item.fold == fold]
        if not tested:
            continue
        held = [item.key for item in tested]
        design = Design.of(known.filter(~pl.col("listing_id").is_in(held)))
        weights = train(design, labels, categories, signals)
        found |= as_sets(decide(tested, folder, weights))
    return found


def _f1(
    right: NDArray[np.float64], said: NDArray[np.float64], true: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.divide(2 * right, said + true, out=np.ones_like(right), where=(said + true) > 0)


def score(
    labelled: Sequence[Labelled],
    decisions: Mapping[str, AbstractSet[str]],
    classes: Sequence[str],
    split: str,
) -> pl.DataFrame:
    """Precision, recall and F1 of each class, in all and by stratum and side.

    Intervals are 95% percentile intervals of a bootstrap over listings (1,000 draws, fixed seed). A ratio
    whose denominator is nought is null.

    Returns:
        Rows of `SCORE_SCHEMA`; `stratum` and `side` are `all` where pooled.
    """
    groups: list[tuple[str, str, list[Labelled]]] = [("all", "all", list(labelled))]
    groups += [
        (name, "all", [item for item in labelled if item.stratum == name])
        for name in sorted({item.stratum for item in labelled})
    ]
    for name, is_described in (("random_described", True), ("random_title_only", False)):
        kept = [item for item in labelled if item.is_market_sample and item.is_described == is_described]
        groups += [(name, "all", kept)] if kept else []
    groups += [
        ("all", name, [item for item in labelled if item.side == name])
        for name in sorted({item.side for item in labelled})
    ]
    rows = []
    for stratum, side, items in groups:
        true = np.array([[name in item.labels for name in classes] for item in items], dtype=float)
        said = np.array([[name in decisions[item.key] for name in classes] for item in items], dtype=float)
        right = true * said
        generator = np.random.default_rng(SEED)
        draws = generator.multinomial(len(items), np.full(len(items), 1 / len(items)), size=N_BOOTSTRAPS)
        spread = _f1(draws @ right, draws @ said, draws @ true)
        for k, name in enumerate(classes):
            n_true, n_said, n_right = (int(array[:, k].sum()) for array in (true, said, right))
            if not n_true and not n_said:
                continue
            rows.append(
                {
                    "split": split,
                    "stratum": stratum,
                    "side": side,
                    "class": name,
                    "n_listings": len(items),
                    "n_examples": n_true,
                    "n_predicted": n_said,
                    "n_right": n_right,
                    "precision": n_right / n_said if n_said else None,
                    "recall": n_right / n_true if n_true else None,
                    "f1": 2 * n_right / (n_true + n_said),
                    "f1_low": float(np.quantile(spread[:, k], 0.025)),
                    "f1_high": float(np.quantile(spread[:, k], 0.975)),
                }
            )
    return pl.DataFrame(rows, schema=SCORE_SCHEMA)


def macro_f1(
    labelled: Sequence[Labelled],
    decisions: Mapping[str, AbstractSet[str]],
    classes: Sequence[str],
    split: str,
) -> pl.DataFrame:
    """Mean F1 over the categories with at least eight examples, with its bootstrap interval."""
    true = np.array([[name in item.labels for name in classes] for item in labelled], dtype=float)
    said = np.array([[name in decisions[item.key] for name in classes] for item in labelled], dtype=float)
    enough = true.sum(axis=0) >= MIN_EXAMPLES
    if not enough.any():
        return pl.DataFrame(schema=SCORE_SCHEMA)
    true, said = true[:, enough], said[:, enough]
    generator = np.random.default_rng(SEED)
    draws = generator.multinomial(len(labelled), np.full(len(labelled), 1 / len(labelled)), size=N_BOOTSTRAPS)
    spread = _f1(draws @ (true * said), draws @ said, draws @ true).mean(axis=1)
    ones = np.ones((1, len(labelled)))
    row = {
        "split": split,
        "stratum": "all",
        "side": "all",
        "class": "macro",
        "n_listings": len(labelled),
        "n_examples": int(true.sum()),
        "n_predicted": int(said.sum()),
        "n_right": int((true * said).sum()),
        "precision": None,
        "recall": None,
        "f1": float(_f1(ones @ (true * said), ones @ said, ones @ true).mean()),
        "f1_low": float(np.quantile(spread, 0.025)),
        "f1_high": float(np.quantile(spread, 0.975)),
    }
    return pl.DataFrame([row], schema=SCORE_SCHEMA)


def confusion(labelled: Sequence[Labelled], decided: pl.DataFrame) -> pl.DataFrame:
    """How often which primary category was decided for which labelled one: labelled, decided, n."""
    primary = {
        row["listing_id"]: row["categories"][0] if row["categories"] else "none"
        for row in decided.iter_rows(named=True)
    }
    pairs = pl.DataFrame(
        [(item.primary, primary[item.key]) for item in labelled],
        schema={"labelled": pl.String, "decided": pl.String},
        orient="row",
    )
    return (
        pairs.group_by("labelled", "decided")
        .len("n")
        .sort("labelled", "n", "decided", descending=[False, True, False])
    )


def worst_errors(labelled: Sequence[Labelled], decided: pl.DataFrame, n: int = 20) -> pl.DataFrame:
    """The listings on which the classifier errs most surely, with the words that misled it.

    First wrong decisions on `any_ai` by how far the score is from nought, then wrong sets of labels.
    """
    rows = []
    by_key = {row["listing_id"]: row for row in decided.iter_rows(named=True)}
    for item in labelled:
        row = by_key[item.key]
        said = frozenset(row["categories"]) | frozenset(row["stances"])
        true = item.labels - {"any_ai"}
        if said == true:
            continue
        wrong_decision = row["is_ai"] != ("any_ai" in item.labels)
        rows.append(
            {
                "key": item.key,
                "title": " ".join((item.row["title"] or item.row["description"] or "").split())[:70],
                "labelled": "|".join(sorted(true)),
                "decided": "|".join(sorted(said)),
                "score": row["ai_score"],
                "evidence": "; ".join(row["evidence"][:6]),
                "weight": (1000.0 if wrong_decision else 0.0) + abs(row["ai_score"] or 0.0),
            }
        )
    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(("key", "title", "labelled", "decided"), pl.String))
    return pl.DataFrame(rows).sort("weight", "key", descending=[True, False]).drop("weight").head(n)


def evaluate(
    labelled: Sequence[Labelled], others: Sequence[Labelled] = (), folder: Path = SEEDS
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All scores of a labelled set, and the shipped classifier's decisions on it.

    Args:
        labelled: The set to score.
        others: More labelled listings that training may use in the out-of-fold scores.
        folder: Folder of the seeds.
    """
    classes = [row["category"] for row in read_seed("ai_categories", folder)]
    categories = [row["category"] for row in read_seed("ai_categories", folder) if row["kind"] == "category"]
    decided = decide(labelled, folder)
    shipped = as_sets(decided)
    crossed = out_of_fold(labelled, others, folder)
    known = known_traces()
    held = [item for item in labelled if item.fold == HELD_OUT and not has_twin(item, known)]
    tables = []
    for items, decisions, split in (
        (labelled, shipped, "all"),
        (held, shipped, "held_out"),
        (labelled, crossed, "out_of_fold"),
    ):
        if items:
            tables.append(score(items, decisions, classes, split))
            tables.append(macro_f1(items, decisions, categories, split))
    return pl.concat(tables), decided


def changes(scores: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame | None:
    """What became of each class since scores were written down, on the same listings.

    Args:
        scores: Today's, rows of `SCORE_SCHEMA`.
        earlier: Scores written down before, by `gigs evaluate --out`.

    Returns:
        split, class, n_examples, precision, recall and f1 (each as the difference), where any of them moved;
        null where the earlier scores have no class of as many listings and examples: they are of other ones.
    """
    keys = ["split", "class", "n_listings", "n_examples"]
    pooled = (pl.col("stratum") == "all") & (pl.col("side") == "all")
    measures = ["precision", "recall", "f1"]
    both = scores.filter(pooled).join(
        earlier.filter(pooled), on=keys, suffix="_before", maintain_order="left"
    )
    if both.is_empty():
        return None
    moved = both.select(
        "split", "class", "n_examples", *(pl.col(name) - pl.col(f"{name}_before") for name in measures)
    )
    return moved.filter(pl.any_horizontal(pl.col(name).abs() >= 0.0005 for name in measures))


def below_floor(scores: pl.DataFrame, floors: Sequence[Mapping[str, str]]) -> list[str]:
    """Sentences about the classes whose F1 fell below the floor recorded for them.

    A class without examples in a split has no score there and cannot fall.
    """
    said: list[str] = []
    for floor in floors:
        found = scores.filter(
            (pl.col("split") == floor["split"])
            & (pl.col("class") == floor["class"])
            & (pl.col("stratum") == floor.get("stratum", "all"))
            & (pl.col("side") == "all")
            & (pl.col("n_examples") > 0)
        )
        said += [
            f"{row['class']} ({row['split']}): F1 {row['f1']:.3f} is below its floor of {floor['f1']}"
            for row in found.iter_rows(named=True)
            if row["f1"] < float(floor["f1"])
        ]
    return said
