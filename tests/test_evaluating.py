"""Scores are counted rightly, with intervals, on rows that no weight has seen; a fall below a floor fails."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from dags.commands.evaluate import command
from scrapers.errors import UsageError
from transform.steps.classify import SEEDS, read_seed
from transform.steps.evaluate import (
    as_sets,
    below_floor,
    changes,
    confusion,
    decide,
    macro_f1,
    score,
    worst_errors,
)
from transform.steps.evaluate_files import OWN_LABELS, Evaluation, changes_since, evaluate_file
from transform.steps.evaluate_labels import Labelled, fold_of, read_labels
from transform.steps.train_classifier import Design, beside_shipped, fit_head, prior_weight, train, with_rules


def labelled(key: str, *labels: str, stratum: str = "random") -> Labelled:
    row = {"key": key, "title": key, "description": "", "skills": "", "category": ""}
    names = frozenset(labels) | ({"any_ai"} if labels else frozenset())
    primary = labels[0] if labels else "none"
    return Labelled(key, row, frozenset(names), primary, stratum, "request", fold_of(key))


def test_precision_recall_and_f1_are_counted() -> None:
    items = [
        labelled("a", "ai_design"),
        labelled("b", "ai_design"),
        labelled("c"),
        labelled("d", "ai_design"),
    ]
    design = frozenset({"any_ai", "ai_design"})
    said = {"a": design, "b": frozenset(), "c": design, "d": design}
    row = score(items, said, ["any_ai", "ai_design"], "all").row(0, named=True)
    assert (row["n_examples"], row["n_predicted"], row["n_right"]) == (3, 3, 2)
    assert row["precision"] == pytest.approx(2 / 3)
    assert row["recall"] == pytest.approx(2 / 3)
    assert row["f1"] == pytest.approx(2 / 3)
    assert row["f1_low"] < row["f1"] < row["f1_high"]


def test_the_macro_average_takes_classes_with_eight_examples() -> None:
    items = [labelled(f"a{i}", "ai_design") for i in range(8)] + [labelled("b", "ai_marketing")]
    said = {item.key: frozenset({"any_ai", "ai_design"}) for item in items}
    row = macro_f1(items, said, ["ai_design", "ai_marketing"], "all").row(0, named=True)
    assert row["f1"] == pytest.approx(16 / 17)


def test_a_changed_seed_shows_in_precision_and_recall(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS, seeds)
    terms = (seeds / "ai_terms.csv").read_text("utf-8").splitlines(keepends=True)
    (seeds / "ai_terms.csv").write_text("".join(line for line in terms if not line.startswith("annotate,")))
    items = [item for item in read_labels(OWN_LABELS) if "ai_data_annotation" in item.labels]
    classes = ["any_ai", "ai_data_annotation"]
    before = score(items, as_sets(decide(items)), classes, "all")
    after = score(items, as_sets(decide(items, seeds)), classes, "all")
    found = changes(after, before)
    assert found is not None
    moved = {row["class"]: row for row in found.iter_rows(named=True)}
    assert moved["ai_data_annotation"]["recall"] < -0.3
    assert moved["ai_data_annotation"]["n_examples"] == len(items)
    same = changes(before, before)
    assert same is not None
    assert same.is_empty()


def test_scores_of_other_listings_are_not_compared() -> None:
    few = score([labelled("a", "ai_design")], {"a": frozenset()}, ["ai_design"], "all")
    more = score(
        [labelled("a", "ai_design"), labelled("b")],
        {"a": frozenset(), "b": frozenset()},
        ["ai_design"],
        "all",
    )
    assert changes(few, more) is None


def test_a_file_without_scores_is_not_compared_with(tmp_path: Path) -> None:
    items = [labelled("a", "ai_design")]
    scores = score(items, {"a": frozenset()}, ["ai_design"], "all")
    found = Evaluation("labels.csv", "", items, pl.DataFrame(), scores, [])
    for content in ("a page\n\nwith, commas, in it\n", "split,class\nall,ai_design\n", ""):
        (tmp_path / "notes.txt").write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match=r"notes\.txt holds no scores"):
            changes_since(found, tmp_path / "notes.txt")
    scores.write_csv(tmp_path / "before.csv")
    same = changes_since(found, tmp_path / "before.csv")
    assert same is not None
    assert same.is_empty()


def test_a_class_below_its_floor_is_named() -> None:
    scores = pl.DataFrame(
        {
            "split": ["held_out"] * 2,
            "stratum": ["all"] * 2,
            "side": ["all"] * 2,
            "class": ["any_ai", "ai_design"],
            "n_examples": [10, 0],
            "f1": [0.89, 0.0],
        }
    )
    floors = [
        {"split": "held_out", "class": name, "stratum": "all", "f1": "0.9"}
        for name in ("any_ai", "ai_design")
    ]
    assert below_floor(scores, floors) == ["any_ai (held_out): F1 0.890 is below its floor of 0.9"]


def test_folds_depend_on_the_key_alone() -> None:
    folds = [fold_of(f"key-{i}") for i in range(1000)]
    assert folds == [fold_of(f"key-{i}") for i in range(1000)]
    assert all(150 < folds.count(fold) < 250 for fold in range(5))


def test_few_listings_do_not_replace_what_many_have_taught() -> None:
    columns = ["feature", "category", "weight"]
    shipped = pl.DataFrame(
        [("bias", "any_ai", -1.0), ("ai@title", "any_ai", 2.0), ("gone@title", "any_ai", 1.0)],
        schema=columns,
        orient="row",
    )
    fitted = pl.DataFrame(
        [
            ("bias", "any_ai", 0.3),
            ("ai@title", "any_ai", 0.4),
            ("law@title", "any_ai", 0.5),
            ("bias", "ai_law", -3.0),
            ("law@title", "ai_law", 2.5),
        ],
        schema=columns,
        orient="row",
    )
    found = beside_shipped(fitted, shipped, {"ai", "law"}, ["any_ai", "ai_law"])
    assert found.rows() == [
        ("bias", "any_ai", -1.0),
        ("ai@title", "any_ai", 2.0),
        ("law@title", "any_ai", 0.5),
        ("bias", "ai_law", -3.0),
        ("law@title", "ai_law", 2.5),
    ]


def test_training_stays_at_the_prior_without_labels_and_leaves_it_with_many() -> None:
    signals = with_rules(read_seed("ai_signals"), read_seed("ai_rules"))
    assert prior_weight("chatbot@title", "ai_integration", signals) == pytest.approx(2.5)
    assert prior_weight("chatbot@title", "ai_design", signals) == 0
    features = pl.DataFrame(
        {"listing_id": [f"k{i}" for i in range(60)], "features": [["bias", "chatbot@title"]] * 60}
    )
    never = {f"k{i}": frozenset() for i in range(60)}
    weights = train(Design.of(features), never, ["ai_integration"], signals)
    assert weights.filter(pl.col("feature") == "chatbot@title")["weight"].item() < 2.0
    import numpy as np

    prior = np.array([-1.0, 2.5])
    assert fit_head(np.zeros((0, 2)), np.zeros(0), prior, np.ones(2)) == pytest.approx(prior)


def test_worst_errors_and_confusion_come_from_the_decisions() -> None:
    items = [labelled("a", "ai_design"), labelled("b")]
    decided = pl.DataFrame(
        {
            "listing_id": ["a", "b"],
            "is_ai": [False, False],
            "categories": [[], []],
            "stances": [[], []],
            "evidence": [[], []],
            "ai_score": [-2.0, None],
        },
        schema_overrides={"categories": pl.List(pl.String), "stances": pl.List(pl.String)},
    )
    assert worst_errors(items, decided)["key"].to_list() == ["a"]
    assert confusion(items, decided).rows() == [("ai_design", "none", 1), ("none", "none", 1)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("key,title\n1,a\n", "no column description"),
        (
            "key,title,description,skills,category,categories,stance\n1,a,,,,ai_poetry,\n",
            "line 2: unknown label",
        ),
        ("key,title,description,skills,category,categories,stance\n1,a,,,,,\n1,b,,,,,\n", "line 3: key 1"),
    ],
)
def test_a_labels_file_that_does_not_fit_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_labels(path)


def test_own_labels_cover_every_class_both_sides_and_seven_languages() -> None:
    items = read_labels(OWN_LABELS)
    counts = {
        row["category"]: sum(row["category"] in item.labels for item in items)
        for row in read_seed("ai_categories")
    }
    short = [name for name, n in counts.items() if n < 8]
    assert not short, f"{short}: write eight examples in {OWN_LABELS.name} (docs/classifier.md)"
    assert {item.side for item in items} == {"request", "offer"}
    assert sum(not item.labels for item in items) >= 30


def test_the_held_out_own_listings_are_decided_well() -> None:
    held = [item for item in read_labels(OWN_LABELS) if item.fold == 0]
    scores = score(held, as_sets(decide(held)), ["any_ai"], "held_out")
    assert scores.filter((pl.col("stratum") == "all") & (pl.col("side") == "all"))["f1"].item() >= 0.85


@pytest.mark.slow
def test_the_command_scores_the_own_labels(tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    result = CliRunner().invoke(command, ["--labels", str(OWN_LABELS), "--out", str(out), "--errors", "3"])
    assert result.exit_code == 0, result.output
    assert "written for this project with a language model" in result.output
    assert {"held_out", "out_of_fold", "all"} == set(pl.read_csv(out)["split"].unique())


@pytest.mark.real
@pytest.mark.slow
def test_real_labels_keep_their_floors(shared: Path) -> None:
    found = evaluate_file(shared / "labels" / "labelled_listings.csv")
    assert found.below_floor == []
