"""Shares carry an interval, and a correction only where the labels support it."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from transform.steps.shares import Counts, correct, monthly_ai_shares, wilson


def test_wilson_agrees_with_published_values() -> None:
    # Newcombe (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    for (k, n), (low, high) in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson(k, n) == pytest.approx((low, high), abs=6e-5)


def test_correction_returns_the_truth_of_a_known_classifier() -> None:
    # 1,000 of 10,000 are AI; sensitivity 0.9, specificity 0.98: found are 900 + 180
    counts = Counts(n_positive=1000, n_negative=10000, n_true_positive=900, n_true_negative=9800)
    found = correct(1080, 10_000, counts)
    assert found.reason is None
    assert found.share == pytest.approx(0.10)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.10 < found.high


def test_corrected_intervals_cover_the_truth() -> None:
    generator = np.random.default_rng(7)
    covered = 0
    for _ in range(600):
        truth, se, sp = 0.08, 0.92, 0.985
        n_true = generator.binomial(3000, truth)
        k = generator.binomial(n_true, se) + generator.binomial(3000 - n_true, 1 - sp)
        counts = Counts(100, 600, int(generator.binomial(100, se)), int(generator.binomial(600, sp)))
        found = correct(int(k), 3000, counts)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= truth <= found.high
    assert 0.92 <= covered / 600 <= 0.99


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (None, "no random labelled"),
        (Counts(29, 500, 28, 495), "29 labelled positives"),
        (Counts(40, 199, 38, 198), "199 negatives"),
        (Counts(40, 400, 20, 390), "errors are not known well enough"),
    ],
)
def test_too_few_labels_give_a_reason_instead_of_a_number(counts: Counts | None, said: str) -> None:
    found = correct(10, 100, counts)
    assert (found.share, found.low, found.high) == (None, None, None)
    assert found.reason is not None
    assert said in found.reason


def test_cells_keep_their_counts_and_say_what_is_not_supported() -> None:
    cells = pl.DataFrame(
        {
            "month_on": [date(2024, 1, 1)] * 2,
            "source": ["alpha"] * 2,
            "platform": ["alpha"] * 2,
            "side": ["request"] * 2,
            "occupation": ["all"] * 2,
            "category": ["any", "ai_design"],
            "frame": ["full"] * 2,
            "is_simulated": [False] * 2,
            "text_kind": ["described", "mixed"],
            "k": [30, 0],
            "n": [400, 400],
        }
    )
    evaluation = pl.DataFrame(
        {
            "split": ["out_of_fold"],
            "stratum": ["random_described"],
            "class": ["any_ai"],
            "n_listings": [540],
            "n_examples": [40],
            "n_predicted": [41],
            "n_right": [38],
        }
    )
    found = monthly_ai_shares(cells, evaluation)
    assert found["share"].to_list() == [30 / 400, 0.0]
    assert found["corrected_share"][0] == pytest.approx((0.075 + 497 / 500 - 1) / (38 / 40 + 497 / 500 - 1))
    assert found["correction_reason"].to_list() == [
        None,
        "not supported: titles alone and full texts are mixed",
    ]
