"""Indices against published reference values, and against slow versions that follow the textbook."""

import numpy as np
import polars as pl
import pytest

from transform.steps.index_run import IndexOptions, run_index
from transform.steps.panel import read_panel

# Four items, twelve periods: the artificial data of Diewert and Fox for a product that is dumped on sale.
PRICES = np.array(
    [
        [2, 1.75, 1.6, 1.5, 1.45, 1.4, 1.35, 1.3, 1.25, 1.2, 1.15, 1.1],
        [1, 0.5, 1.05, 1.1, 1.12, 1.15, 1.18, 0.6, 1.2, 1.25, 1.28, 1.3],
        [1, 0.95, 0.9, 0.85, 0.4, 0.8, 0.75, 0.72, 0.7, 0.4, 0.7, 0.65],
        [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.7, 0.65, 0.7, 0.75, 0.75, 0.8],
    ]
)
EXPENDITURE = np.array([10, 13, 11, 12, 15, 13, 14, 17, 15, 18, 16, 17])
TASTE = np.array([0.2, 0.2, 0.2, 0.4])
SHARES = TASTE[:, None] / PRICES / (TASTE[:, None] / PRICES).sum(axis=0)

REFERENCE = {
    "geks-jevons": "1 .82228731 .97594594 .97713385 .82117556 .99138942 .95629915 .77729364 .92591652 "
    ".81903626 .93759823 .92861318",
    "geks-tornqvist": "1 .89266949 1.07746619 1.11257117 .93120808 1.17833830 1.12174583 .93780025 "
    "1.09498002 .95024219 1.12760720 1.13282045",
    "tpd-weighted": "1 .88033987 1.11310561 1.15879006 .94422888 1.23413423 1.17381865 .96466253 1.14473361 "
    ".95580486 1.17418845 1.17377193",
}


def panel_of(prices, quantities=None, *, periods=None):
    rows = [
        {
            "period": periods[t] if periods else str(t + 1),
            "item": f"item {i}",
            "price": float(prices[i, t]),
            **({} if quantities is None else {"quantity": float(quantities[i, t])}),
        }
        for i in range(prices.shape[0])
        for t in range(prices.shape[1])
        if np.isfinite(prices[i, t])
    ]
    return pl.DataFrame(rows)


def index_of(frame, method, **settings):
    line, _ = run_index(frame, IndexOptions(method=method, replicates=0, **settings))
    return line


@pytest.mark.parametrize("method", REFERENCE)
def test_reference_values_to_eight_decimals(method):
    frame = panel_of(PRICES, SHARES * EXPENDITURE / PRICES)
    expected = [float(value) for value in REFERENCE[method].split()]
    assert index_of(frame, method)["index"].round(8).to_list() == expected


@pytest.mark.parametrize("method", ["tpd", "jevons-direct", "jevons-chained"])
def test_unweighted_methods_agree_with_geks_jevons_on_a_balanced_panel(method):
    expected = index_of(panel_of(PRICES), "geks-jevons")["index"]
    assert np.allclose(index_of(panel_of(PRICES), method)["index"], expected, rtol=1e-12)


def test_a_given_weight_is_the_same_as_the_expenditure_it_stands_for():
    frame = panel_of(PRICES, SHARES * EXPENDITURE / PRICES)
    weighted = frame.with_columns(weight=pl.col("price") * pl.col("quantity") * 7).drop("quantity")
    for method in ("geks-tornqvist", "tpd-weighted"):
        assert np.allclose(index_of(frame, method)["index"], index_of(weighted, method)["index"], rtol=1e-12)


def gappy(seed, items=30, periods=9, filled=0.4):
    rng = np.random.default_rng(seed)
    prices = np.exp(rng.normal(3, 1, (items, 1)) + rng.normal(0, 0.3, (items, periods)))
    prices[rng.random(prices.shape) > filled] = np.nan
    return prices


def geks_by_the_book(prices, min_matches):
    """Loops over pairs, then the least-squares fit as a regression with one row a pair."""
    periods = prices.shape[1]
    rows, logs = [], []
    for s in range(periods):
        for t in range(s + 1, periods):
            both = np.isfinite(prices[:, s]) & np.isfinite(prices[:, t])
            if both.sum() >= min_matches:
                row = np.zeros(periods)
                row[t], row[s] = 1, -1
                rows.append(row)
                logs.append(np.mean(np.log(prices[both, t] / prices[both, s])))
    levels = np.linalg.lstsq(np.array(rows), np.array(logs), rcond=None)[0]
    return np.exp(levels - levels[0])


@pytest.mark.parametrize("min_matches", [1, 3])
@pytest.mark.parametrize("seed", range(5))
def test_geks_with_gaps_is_the_least_squares_fit_over_existing_pairs(seed, min_matches):
    prices = gappy(seed)
    found = index_of(panel_of(prices), "geks-jevons", min_matches=min_matches)["index"]
    assert np.allclose(found, geks_by_the_book(prices, min_matches), rtol=1e-10)


@pytest.mark.parametrize("method", ["tpd", "tpd-weighted"])
@pytest.mark.parametrize("seed", range(5))
def test_time_product_dummy_is_the_regression_with_item_effects(method, seed):
    prices = gappy(seed)
    quantities = np.exp(np.random.default_rng(seed + 100).normal(0, 1, prices.shape))
    frame = panel_of(prices, quantities)
    items, periods = np.nonzero(np.isfinite(prices))
    logs = np.log(prices[items, periods])
    weights = np.ones(len(logs))
    if method == "tpd-weighted":
        value = prices * quantities
        weights = (value / np.nansum(value, axis=0))[items, periods]
    design = np.zeros((len(logs), prices.shape[1] + prices.shape[0]))
    design[np.arange(len(logs)), periods] = 1
    design[np.arange(len(logs)), prices.shape[1] + items] = 1
    root = np.sqrt(weights)
    levels = np.linalg.lstsq(design * root[:, None], logs * root, rcond=None)[0]
    expected = np.exp(levels[: prices.shape[1]] - levels[0])
    assert np.allclose(index_of(frame, method)["index"], expected, rtol=1e-8)


def test_tornqvist_weighs_by_shares_among_the_matched_items():
    prices = np.array([[1.0, 1.2], [2.0, 2.0], [5.0, np.nan]])
    quantities = np.array([[10.0, 5.0], [5.0, 7.0], [100.0, 1.0]])
    earlier = np.array([10.0, 10.0]) / 20
    later = np.array([6.0, 14.0]) / 20
    expected = np.exp(((earlier + later) / 2) @ np.log([1.2, 1.0]))
    found = index_of(panel_of(prices, quantities), "geks-tornqvist")["index"][1]
    assert found == pytest.approx(expected, rel=1e-12)


def test_chaining_drifts_where_geks_does_not():
    # A sale: the item that is on sale leaves the panel in the period when its price comes back.
    prices = np.array([[10.0, 5.0, np.nan, 10.0], [10.0, 10.0, 10.0, 10.0], [8.0, 8.0, 8.0, 8.0]])
    chained = index_of(panel_of(prices), "jevons-chained")["index"]
    assert chained[3] == pytest.approx(0.5 ** (1 / 3), rel=1e-12)
    assert index_of(panel_of(prices), "jevons-direct")["index"][3] == pytest.approx(1, rel=1e-12)
    assert abs(np.log(index_of(panel_of(prices), "geks-jevons")["index"][3])) < abs(np.log(chained[3])) / 2


def test_support_counts_say_what_stands_behind_a_period():
    prices = np.array(
        [[1, 2, np.nan, 3], [1, 1, 1, np.nan], [np.nan, np.nan, 5, np.nan], [1, 1, np.nan, np.nan]]
    )
    line = index_of(panel_of(prices), "geks-jevons", min_matches=2)
    assert line["n_items"].to_list() == [3, 3, 2, 1]
    # Only the pair (1, 2) has two items in common; items 3 and 4 of the later periods are not compared.
    assert line["n_matched"].to_list() == [3, 3, 0, 0]
    assert line["n_pairs"].to_list() == [1, 1, 0, 0]
    assert line["index"].is_null().to_list() == [False, False, True, True]


def test_item_counts_agree_with_a_walk_over_all_pairs():
    prices = gappy(3, items=40, periods=12, filled=0.3)
    line = index_of(panel_of(prices), "geks-jevons", min_matches=4)
    there = np.isfinite(prices)
    exists = (there.T.astype(int) @ there.astype(int)) >= 4
    np.fill_diagonal(exists, False)
    supported = [sum((there[i] & exists[t]).any() for i in np.flatnonzero(there[:, t])) for t in range(12)]
    assert line["n_matched"].to_list() == supported
    assert line["n_pairs"].to_list() == exists.sum(axis=0).tolist()


def test_shares_sum_to_one_in_every_period():
    panel = read_panel(panel_of(PRICES, SHARES * EXPENDITURE / PRICES), use_weights=True)
    assert np.allclose(np.bincount(panel.period, weights=panel.share), 1)
