"""Aggregation, deflation, verdicts, ranks and the alarm on default values."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from transform.steps.aggregate import aggregate, without_each
from transform.steps.bootstrap import log_interval, random_groups, unit_weights
from transform.steps.deflate import DeflatorError, deflator_of
from transform.steps.index_methods import matched_index
from transform.steps.panel import Panel
from transform.steps.verdict import adequacy, default_alarms, holm_ranks

NAN = float("nan")


def test_aggregation_is_geometric_with_fixed_weights():
    logs = np.log([[1.0, 1.1, 1.2], [1.0, 0.9, 1.0]])
    found = np.exp(aggregate(logs, np.array([3.0, 1.0])))
    assert found == pytest.approx([1, 1.1**0.75 * 0.9**0.25, 1.2**0.75])


def test_a_missing_part_moves_like_the_others_until_too_much_is_missing():
    logs = np.log([[1.0, 1.1, NAN], [1.0, NAN, 2.0]])
    found = np.exp(aggregate(logs, np.array([9.0, 1.0])))
    assert found[1] == pytest.approx(1.1)
    assert np.isnan(found[2])


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0], [NAN, 1.0]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        aggregate(np.zeros((2, 3)), np.array(weights))


def test_leaving_each_part_out_in_turn():
    logs = np.log([[1.0, 2.0], [1.0, 1.0], [1.0, 1.0]])
    found = np.exp(without_each(logs, np.ones(3)))
    assert found[:, 1] == pytest.approx([1, 2**0.5, 2**0.5])


def test_a_quarter_is_deflated_by_the_mean_of_its_months():
    cpi = pl.DataFrame(
        {"month": [f"2024-0{m}" for m in range(1, 7)], "cpi_u": [100.0, 101, 102, 103, 104, 108]}
    )
    quarters = deflator_of(["2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3"], cpi)
    assert np.isnan(quarters.logs[0])
    assert np.exp(quarters.logs[1:]) == pytest.approx([101, 105, 108])
    assert quarters.provisional.tolist() == [False, False, False, True]
    assert np.exp(deflator_of(["2024-H1"], cpi).logs) == pytest.approx([103])
    assert np.exp(deflator_of(["2024-05-17"], cpi).logs) == pytest.approx([104])


@pytest.mark.parametrize(
    ("months", "values", "said"),
    [
        (["2024-01", "2024-01"], [1.0, 2.0], "twice"),
        ([], [], "empty"),
        (["2024-01"], [0.0], "zero"),
        (["2024-01"], [None], "missing"),
    ],
)
def test_a_deflator_that_is_none_is_refused(months, values, said):
    cpi = pl.DataFrame({"month": months, "cpi_u": values}, schema={"month": pl.String, "cpi_u": pl.Float64})
    with pytest.raises(DeflatorError, match=said):
        deflator_of(["2024-01"], cpi)


def test_adequacy_is_a_half_width_of_five_per_cent():
    rows = pl.DataFrame(
        {
            "v": [100.0, 100.0, 100.0, 100.0, None],
            "low": [95.0, 94.0, 99.0, None, None],
            "high": [105.0, 106.0, 101.0, None, None],
            "n": [30, 30, 29, 30, 30],
        }
    )
    found = rows.select(adequacy("v", "low", "high", "n")).to_series().to_list()
    assert found == ["adequate", "wide", "too few", "no interval", "gap"]


def test_ranks_are_certain_only_where_intervals_of_differences_leave_out_nought():
    best, worst = holm_ranks(np.array([0.5, 0.1, 0.12, -0.4]), np.full(4, 0.03))
    assert best.tolist() == [1, 2, 2, 4] and worst.tolist() == [1, 3, 3, 4]
    best, worst = holm_ranks(np.array([0.5, 0.1, 0.12, -0.4]), np.full(4, 1.0))
    assert best.tolist() == [1] * 4 and worst.tolist() == [4] * 4
    assert [ranks.tolist() for ranks in holm_ranks(np.array([1.0]), np.array([0.1]))] == [[1], [1]]


def test_holm_steps_down():
    """Three pairs: the smallest p is held against .05/3, the next against .05/2 and the last against .05."""
    # Differences 2.2, 2.0 and 4.2 standard errors: 4.2 passes at once, 2.2 needs p < .025, 2.0 then p < .05.
    unit = 1 / np.sqrt(2)
    best, worst = holm_ranks(np.array([4.3, 2.05, 0.0]), np.full(3, unit))
    assert best.tolist() == [1, 2, 3] and worst.tolist() == [1, 2, 3]
    best, worst = holm_ranks(np.array([4.1, 2.0, 0.0]), np.full(3, unit))
    assert best.tolist() == [1, 1, 2] and worst.tolist() == [2, 3, 3]


def test_holm_keeps_the_family_wise_error():
    rng = np.random.default_rng(5)
    wrong = sum((holm_ranks(rng.normal(0, 1, 6), np.ones(6))[0] > 1).any() for _ in range(1000))
    assert wrong <= 70  # 5% of a thousand, and three standard errors


def cells(shares, *, rows=200, value=50.0):
    history, made = 0, []
    for month, share in enumerate(shares, start=1):
        made.append(
            {
                "source": "s",
                "side": "request",
                "price_kind": "budget",
                "currency": "USD",
                "value": value,
                "month_on": date(2024, month, 1),
                "n_value": round(share * rows),
                "n_rows": rows,
                "n_history": history,
            }
        )
        history += rows
    return pl.DataFrame(made)


def test_a_value_that_is_suddenly_everywhere_raises_an_alarm_as_long_as_it_lasts():
    found = default_alarms(cells([0.03, 0.04, 0.02, 0.35, 0.4, 0.03]))
    assert found["month_on"].to_list() == [date(2024, 4, 1), date(2024, 5, 1)]
    assert found["usual_share"].to_list() == pytest.approx([0.03, 0.03])
    assert (found["p_value"] < 1e-9).all()


def test_a_popular_round_number_is_no_alarm():
    assert default_alarms(cells([0.12, 0.14, 0.11, 0.15, 0.13])).is_empty()
    assert default_alarms(cells([0.4, 0.4])).is_empty()  # nothing is known of what is usual before
    assert default_alarms(cells([0.02, 0.09])).is_empty()  # less than a tenth
    assert default_alarms(cells([0.01, 0.3], rows=40)).is_empty()  # too few rows to tell


def test_no_alarm_on_nothing():
    assert default_alarms(cells([0.1]).clear()).is_empty()


def test_the_bootstrap_of_a_mean_has_its_textbook_error():
    rng = np.random.default_rng(0)
    sample = rng.normal(0, 1, 12)
    weights = np.hstack(list(unit_weights(12, 4000, 1)))
    draws = (weights * sample[:, None]).sum(axis=0) / weights.sum(axis=0)
    low, high = log_interval(np.array([draws[0]]), draws[None, 1:], np.array([12]))
    from scipy import stats

    reach = stats.t.ppf(0.975, 11) * sample.std(ddof=1) / np.sqrt(12)
    assert (high - low) / 2 == pytest.approx(reach, rel=0.04)
    assert draws[0] == pytest.approx(sample.mean())


def test_batches_hold_the_estimate_once():
    batches = list(unit_weights(10, 25, 3, largest=100))
    assert [batch.shape[1] for batch in batches] == [10, 10, 6]
    assert (batches[0][:, 0] == 1).all()
    assert not any((column == 1).all() for batch in batches[1:] for column in batch.T)


def test_resampling_groups_of_items_gives_the_same_line_and_nearly_the_same_error():
    rng = np.random.default_rng(1)
    there = rng.random((3000, 6)) < 0.4
    item, period = np.nonzero(there)
    logs = rng.normal(3, 1, 3000)[item] + rng.normal(0, 0.2, len(item))
    panel = Panel("number", tuple("123456"), item, period, logs, 3000)
    exact = matched_index(panel, "geks-jevons", replicates=300)
    grouped = matched_index(panel, "geks-jevons", replicates=300, n_groups=300)
    assert np.allclose(exact.logs[:, 0], grouped.logs[:, 0], atol=1e-12)
    errors = [(fit.logs[1:, 1:] - fit.logs[0, 1:]).std(axis=1) for fit in (exact, grouped)]
    assert np.allclose(errors[0], errors[1], rtol=0.25)
    groups = random_groups(3000, 300, 1)
    assert np.bincount(groups).tolist() == [10] * 300
    assert random_groups(500, 300, 1) is None
