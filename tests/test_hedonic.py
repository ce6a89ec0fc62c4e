"""Hedonic models against statsmodels, and against cases whose answer is known."""

import warnings

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from transform.steps.bootstrap import unit_weights
from transform.steps.hedonic import cross_products, fit_time_dummy, hedonic_index
from transform.steps.hedonic_design import DesignError, hedonic_design
from transform.steps.hedonic_intervals import IntervalError, interval_regression
from transform.steps.hedonic_ols import robust_regression

PERIODS, ROWS, CLIENTS = 8, 1500, 120


@pytest.fixture(scope="module")
def market():
    rng = np.random.default_rng(3)
    period, client = rng.integers(0, PERIODS, ROWS), rng.integers(0, CLIENTS, ROWS)
    traits = rng.normal(size=(ROWS, 3))
    traits[:, 2] = rng.random(ROWS) < 0.2
    logs = (
        0.02 * period
        + traits @ [0.3, -0.2, 0.5]
        + rng.normal(0, 0.4, ROWS)
        + rng.normal(0, 0.3, CLIENTS)[client]
    )
    return logs, traits, period, client


def with_dummies(market):
    _, traits, period, _ = market
    return np.column_stack([traits, np.eye(PERIODS)[period]])


def test_time_dummies_agree_with_statsmodels(market):
    logs, traits, period, client = market
    expected = sm.OLS(logs, with_dummies(market)).fit().params[3:]
    found = hedonic_index(logs, traits, period, client, PERIODS, window=None, replicates=0)
    assert np.allclose(found.logs[:, 0], expected, atol=1e-10)


def test_bootstrap_error_agrees_with_the_clustered_error_of_statsmodels(market):
    logs, traits, period, client = market
    model = sm.OLS(logs, with_dummies(market)).fit(cov_type="cluster", cov_kwds={"groups": client})
    contrast = np.r_[0, 0, 0, -1, np.zeros(PERIODS - 2), 1]
    expected = np.sqrt(contrast @ model.cov_params() @ contrast)
    found = hedonic_index(logs, traits, period, client, PERIODS, window=None, replicates=1500).logs
    assert np.std(found[-1, 1:] - found[0, 1:]) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("clustered", [False, True])
def test_robust_errors_agree_with_statsmodels(market, clustered):
    logs, _, _, client = market
    found = robust_regression(logs, with_dummies(market), client if clustered else None)
    settings = {"cov_type": "cluster", "cov_kwds": {"groups": client}} if clustered else {"cov_type": "HC1"}
    expected = sm.OLS(logs, with_dummies(market)).fit(**settings)
    assert np.allclose(found.coefficients, expected.params, atol=1e-10)
    assert np.allclose(found.covariance, expected.cov_params(), atol=1e-12)
    low, high = expected.conf_int(0.05)[0] if not clustered else (None, None)
    if low is not None:
        estimate, found_low, found_high = found.interval(0)
        assert found_low < estimate < found_high
        assert found_high - found_low == pytest.approx(high - low, rel=0.01)  # t instead of normal


def test_weighted_cross_products_are_weighted_least_squares(market):
    logs, traits, period, client = market
    weights = next(unit_weights(CLIENTS, 2, 5))
    products = cross_products(logs, traits, period, client, PERIODS, weights)
    found = fit_time_dummy(products, 0, PERIODS).logs[:, 2]
    expected = sm.WLS(logs, with_dummies(market), weights=weights[client, 2]).fit().params[3:]
    assert np.allclose(found, expected, atol=1e-9)


def test_dependent_columns_change_nothing(market):
    logs, traits, period, client = market
    twice = np.column_stack([traits, traits[:, :1] * 2, np.ones(ROWS), np.zeros(ROWS)])
    first = hedonic_index(logs, traits, period, client, PERIODS, window=4, replicates=3)
    again = hedonic_index(logs, twice, period, client, PERIODS, window=4, replicates=3)
    assert np.allclose(again.logs, first.logs, atol=1e-9)
    assert (again.component == first.component).all()
    fit = robust_regression(logs, np.column_stack([traits, traits[:, :1] * 2, np.eye(PERIODS)[period]]))
    assert np.isnan(fit.coefficients[3]) and np.isfinite(np.delete(fit.coefficients, 3)).all()


def test_a_source_that_starts_where_another_ends_gives_a_gap_not_a_number(market):
    logs, traits, period, client = market
    source = (period >= 5).astype(float)
    fit = hedonic_index(
        logs, np.column_stack([traits, source]), period, client, PERIODS, window=None, replicates=2
    )
    assert len(set(fit.component[:5])) == 1 and len(set(fit.component[5:])) == 1
    assert fit.component[0] != fit.component[7]
    # With an overlap the difference is identified again.
    source[np.flatnonzero(period == 2)[:20]] = 1
    joined = hedonic_index(
        logs, np.column_stack([traits, source]), period, client, PERIODS, window=None, replicates=0
    )
    assert len(set(joined.component)) == 1


def test_a_change_of_mix_moves_medians_but_not_the_index():
    rng = np.random.default_rng(0)
    period = np.repeat([0, 1], 1000)
    expert = (rng.random(2000) < np.where(period, 0.8, 0.2)).astype(float)
    logs = 3 + 1.0 * expert + rng.normal(0, 0.1, 2000)
    fit = hedonic_index(logs, expert[:, None], period, np.arange(2000), 2, window=None, replicates=0)
    assert abs(fit.logs[1, 0] - fit.logs[0, 0]) < 0.02
    assert np.median(logs[period == 1]) - np.median(logs[period == 0]) > 0.5


def test_periods_without_listings_are_gaps(market):
    logs, traits, period, client = market
    kept = period != 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = hedonic_index(
            logs[kept], traits[kept], period[kept], client[kept], PERIODS, window=5, replicates=2
        )
    assert np.isnan(fit.logs[3]).all() and fit.component[3] == -1
    assert np.isfinite(np.delete(fit.logs, 3, axis=0)).all()


def test_design_reads_numbers_categories_and_missing_values():
    frame = pl.DataFrame({"size": [1.0, 3.0, None, 5.0], "kind": ["a", "b", "a", None], "same": [1, 1, 1, 1]})
    design = hedonic_design(frame)
    assert design.names == ["size", "size=(missing)", "kind=(missing)", "kind=b"]
    assert design.matrix.shape == (4, 4) and np.isfinite(design.matrix).all()
    assert design.matrix[:, 1].tolist() == [0, 0, 1, 0]


def test_design_refuses_titles_and_infinite_numbers():
    with pytest.raises(DesignError, match="100 different texts"):
        hedonic_design(pl.DataFrame({"title": [f"job {i}" for i in range(100)]}))
    with pytest.raises(DesignError, match="infinite"):
        hedonic_design(pl.DataFrame({"size": [1.0, float("inf")]}))


def test_interval_regression_is_least_squares_where_prices_are_known(market):
    logs, _, _, _ = market
    design = with_dummies(market)
    price = np.exp(logs)
    fit = interval_regression(price, price, design)
    expected = sm.OLS(logs, design).fit()
    assert np.allclose(fit.coefficients, expected.params, atol=1e-7)
    assert fit.spread == pytest.approx(np.sqrt(np.mean(expected.resid**2)), rel=1e-6)


def test_interval_regression_recovers_what_a_menu_hides(market):
    logs, _, _, client = market
    design = with_dummies(market)
    edges = np.array([0, 0.5, 0.8, 1.2, 2, 3, np.inf])
    place = np.digitize(np.exp(logs), edges) - 1
    fit = interval_regression(edges[place], edges[place + 1], design)
    exact = sm.OLS(logs, design).fit(cov_type="cluster", cov_kwds={"groups": client})
    errors = np.sqrt(np.diag(fit.covariance(client)))
    assert (np.abs(fit.coefficients - exact.params) < 2 * errors).all()
    assert (errors > 0.95 * exact.bse).all() and (errors < 1.6 * exact.bse).all()
    draws = fit.replicates(client, next(unit_weights(CLIENTS, 800, 2)))
    assert np.allclose(draws[:, 1:].std(axis=1), errors, rtol=0.15)


def test_interval_score_is_the_slope_of_the_likelihood(market):
    """At the maximum the scores of all observations sum to nought."""
    logs, _, _, _ = market
    edges = np.array([0, 0.7, 1.5, np.inf])
    place = np.digitize(np.exp(logs), edges) - 1
    fit = interval_regression(edges[place], edges[place + 1], with_dummies(market))
    assert np.abs(fit.scores.sum(axis=0)).max() < 1e-4


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ([5.0, 9.0], [9.0, 5.0], "wrong order"),
        ([-1.0, 2.0], [3.0, 4.0], "negative"),
        ([float("nan"), 2.0], [3.0, 4.0], "missing"),
        ([0.0, 0.0], [3.0, 4.0], "no budget has two bounds"),
    ],
)
def test_interval_regression_refuses_bounds_that_are_none(low, high, said):
    with pytest.raises(IntervalError, match=said):
        interval_regression(np.array(low), np.array(high), np.ones((2, 1)))
