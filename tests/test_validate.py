"""Planted truth: the mechanics of the check on few markets (a campaign runs a thousand)."""

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from scipy import stats

from transform.steps.planted import Truth, draw_offers, draw_requests
from transform.steps.planted_coverage import COLUMNS, clopper_pearson, coverage_table
from transform.steps.planted_estimates import Estimate, market_estimates
from transform.steps.premium import Accuracy, attenuation, flag_premium


def estimate(value, low, high, planted=0.2):
    return Estimate("effect", planted, value, low, high)


def test_twenty_markets_find_every_effect_most_of_the_time(tmp_path):
    out = tmp_path / "coverage.csv"
    call = f"from dags.cli import main; main(['validate', '--seeds', '20', '--json', '--out', {str(out)!r}])"
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)
    assert pl.read_csv(out).columns == list(COLUMNS)
    effects = " ".join(row["effect"] for row in rows)
    assert all(word in effects for word in ("price drift", "AI premium", "entrant discount"))
    for row in rows:
        assert row["n_seeds"] == 20 and row["verdict"] in ("too few seeds", "comparison")
        if row["verdict"] != "comparison":
            # Fewer than 15 of 20 has a chance below 1 in 3,000 for an honest 95% interval.
            assert row["n_covered"] >= 15, row
            assert abs(row["bias"]) < 5 * row["mc_error"], row


def test_the_same_seed_is_the_same_market():
    small = Truth(months=6, requests=40, gigs=30)
    assert market_estimates(7, small) == market_estimates(7, small)
    assert market_estimates(7, small) != market_estimates(8, small)


def test_intervals_that_are_too_narrow_fail():
    rng = np.random.default_rng(1)
    honest, narrow = [], []
    for value in rng.normal(0.2, 0.05, 600):
        honest.append(estimate(value, value - 0.098, value + 0.098))
        narrow.append(estimate(value, value - 0.06, value + 0.06))
    assert coverage_table(honest)["verdict"].to_list() == ["pass"]
    assert coverage_table(narrow)["verdict"].to_list() == ["fail"]


def test_a_bias_of_a_tenth_fails_and_a_missing_interval_covers_nothing():
    rng = np.random.default_rng(2)
    biased = [estimate(v, v - 0.15, v + 0.15) for v in rng.normal(0.225, 0.07, 600)]
    assert coverage_table(biased)["verdict"].to_list() == ["fail"]
    assert coverage_table([estimate(0.2, float("nan"), float("nan"))] * 3)["n_covered"].to_list() == [0]


@pytest.mark.parametrize(("k", "n"), [(0, 10), (10, 10), (95, 100), (940, 1000)])
def test_clopper_pearson_is_scipys_exact_interval(k, n):
    expected = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_attenuation_is_ppv_plus_npv_minus_one():
    # The textbook case: 0.20 reads 0.167 at sensitivity .9, specificity .99 and a prevalence of 5%.
    share, sensitivity, specificity = 0.05, 0.9, 0.99
    flagged = sensitivity * share + (1 - specificity) * (1 - share)
    ppv = sensitivity * share / flagged
    npv = specificity * (1 - share) / (1 - flagged)
    found = attenuation(flagged, 0.0, sensitivity, specificity)
    assert found == pytest.approx(ppv + npv - 1, abs=1e-12)
    assert 0.2 * found == pytest.approx(0.164, abs=0.004)


def test_a_flag_no_more_frequent_than_false_alarms_cannot_be_corrected():
    assert np.isnan(attenuation(0.009, 0.0, 0.9, 0.99))


@pytest.mark.parametrize(
    ("accuracy", "said"),
    [
        (Accuracy(20, 19, 4000, 3990), "20 positive"),
        (Accuracy(40, 38, 150, 149), "150 negative"),
        (Accuracy(40, 26, 4000, 3990), "may be as low as 0.50"),
        (None, "no accuracy"),
    ],
)
def test_weak_labels_support_no_correction(accuracy, said):
    market = draw_requests(Truth(months=4), np.random.default_rng(1))
    controls = np.eye(4)[market.month]
    found = flag_premium(market.log_price, market.flag, controls, market.client, accuracy)
    assert np.isnan(found.corrected).all() and np.isfinite(found.raw).all()
    assert said in found.note


def test_few_flags_give_a_note_and_no_number():
    market = draw_requests(Truth(months=2, requests=20), np.random.default_rng(1))
    flag = np.zeros(40)
    flag[:3] = 1
    found = flag_premium(market.log_price, flag, np.eye(2)[market.month], market.client)
    assert np.isnan(found.raw).all() and found.note == "fewer than 10 on one side"
    month_flag = (market.month == 1).astype(float)
    found = flag_premium(market.log_price, month_flag, np.eye(2)[market.month], market.client)
    assert found.note == "the flag cannot be told from the controls"


def test_offers_enter_and_leave_and_entrants_are_cheaper():
    truth = Truth()
    offers = draw_offers(truth, np.random.default_rng(3))
    assert len(np.unique(offers.gig)) > 2 * truth.gigs
    assert (np.bincount(offers.month) == truth.gigs).all()
    entrants = offers.known & (offers.age < truth.trial)
    assert offers.log_price[entrants].mean() < offers.log_price[~entrants].mean()
