"""The properties that an official statistician asks of an index, on thousands of random panels."""

import os
import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transform.steps.index_methods import MATCHED_METHODS, fit_matched, matched_index
from transform.steps.index_run import IndexOptions, run_index
from transform.steps.panel import Panel

TRANSITIVE = ["geks-jevons", "geks-tornqvist", "tpd", "tpd-weighted"]
EXAMPLES = int(os.environ.get("GIGS_EXAMPLES", "50"))  # of each test: thousands of panels in all
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def panels(draw, balanced=False):
    """Random prices and weights with gaps, single items and periods that share nothing."""
    items, periods = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    filled = 1.0 if balanced else draw(st.sampled_from([0.25, 0.5, 0.8, 1.0]))
    there = rng.random((items, periods)) < filled
    if not there.any():
        there[0, 0] = True
    item, period = np.nonzero(there)
    share = rng.exponential(1, len(item)) + 1e-3
    share /= np.bincount(period, weights=share, minlength=periods)[period]
    logs = rng.normal(2, 2, len(item))
    return Panel("number", tuple(map(str, range(periods))), item, period, logs, items, share)


def estimate(panel, method, min_matches=1):
    """Log index and components; index differences are only read within a component."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fit_matched(
            panel, MATCHED_METHODS[method], np.ones((panel.n_items, 1)), min_matches=min_matches
        )
    return fit.logs[:, 0], fit.component


def changes(panel, method):
    """All log changes between periods; NaN where periods are not connected."""
    logs, component = estimate(panel, method)
    connected = (component[:, None] == component[None]) & (component >= 0)[:, None]
    return np.where(connected, logs[None] - logs[:, None], np.nan)


def with_logs(panel, logs):
    return Panel(panel.kind, panel.calendar, panel.item, panel.period, logs, panel.n_items, panel.share)


def same(found, expected):
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.allclose(found, expected, atol=1e-8, equal_nan=True)


@pytest.mark.parametrize("method", TRANSITIVE)
@MANY
@given(panel=panels(), seed=st.integers(0, 1000))
def test_identity_when_prices_stay_the_index_stays(method, panel, seed):
    own = np.random.default_rng(seed).normal(0, 2, panel.n_items)
    found = changes(with_logs(panel, own[panel.item]), method)
    same(found, np.where(np.isnan(found), np.nan, 0.0))


@pytest.mark.parametrize("method", TRANSITIVE)
@MANY
@given(panel=panels())
def test_time_reversal_backwards_is_the_inverse(method, panel):
    backwards = Panel(
        panel.kind,
        panel.calendar,
        panel.item,
        panel.n_periods - 1 - panel.period,
        panel.log_price,
        panel.n_items,
        panel.share,
    )
    same(changes(backwards, method)[::-1, ::-1], changes(panel, method))


@pytest.mark.parametrize("method", TRANSITIVE)
@MANY
@given(panel=panels(), factor=st.floats(-5, 5))
def test_proportionality_and_common_growth(method, panel, factor):
    growth = factor * panel.period
    found = changes(with_logs(panel, panel.log_price + growth), method)
    times = np.arange(panel.n_periods)
    same(found, changes(panel, method) + factor * (times[None] - times[:, None]))


@pytest.mark.parametrize("method", TRANSITIVE)
@MANY
@given(panel=panels(), seed=st.integers(0, 1000))
def test_units_of_an_item_do_not_matter(method, panel, seed):
    unit = np.random.default_rng(seed).normal(0, 3, panel.n_items)
    same(changes(with_logs(panel, panel.log_price + unit[panel.item]), method), changes(panel, method))


@pytest.mark.parametrize("method", TRANSITIVE)
@MANY
@given(panel=panels(), data=st.data())
def test_transitivity_whatever_the_base(method, panel, data):
    logs, component = estimate(panel, method)
    places = [data.draw(st.integers(0, panel.n_periods - 1)) for _ in range(3)]
    a, b, c = logs[places]
    if len({*component[places]}) == 1 and component[places[0]] >= 0:
        assert (b - a) + (c - b) == pytest.approx(c - a, abs=1e-9)
    # Dropping the order of the items changes nothing.
    order = data.draw(st.permutations(range(len(panel.item))))
    order = np.array(order)
    shuffled = Panel(
        panel.kind,
        panel.calendar,
        panel.item[order],
        panel.period[order],
        panel.log_price[order],
        panel.n_items,
        panel.share[order],
    )
    same(changes(shuffled, method), changes(panel, method))


@MANY
@given(panel=panels(balanced=True))
def test_geks_jevons_is_jevons_on_a_balanced_panel(panel):
    means = np.array([panel.log_price[panel.period == t].mean() for t in range(panel.n_periods)])
    logs, _ = estimate(panel, "geks-jevons")
    assert np.allclose(logs - logs[0], means - means[0], atol=1e-9)


@pytest.mark.parametrize("method", TRANSITIVE)
@MANY
@given(panel=panels(balanced=True), start=st.floats(-2, 2))
def test_prices_that_bounce_return_to_one(method, panel, start):
    """All prices go where they like and come back in the last period, with the shares of the first."""
    logs, share = panel.log_price.copy(), panel.share.copy()
    last = panel.period == panel.n_periods - 1
    logs[last], share[last] = logs[panel.period == 0], share[panel.period == 0]
    returned = Panel(panel.kind, panel.calendar, panel.item, panel.period, logs, panel.n_items, share)
    assert changes(returned, method)[0, -1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("method", [*TRANSITIVE, "jevons-chained", "jevons-direct"])
@MANY
@given(panel=panels(), min_matches=st.integers(1, 4))
def test_gaps_are_exactly_the_periods_without_a_connection(method, panel, min_matches):
    if method not in ("geks-jevons", "geks-tornqvist"):
        min_matches = 1
    logs, component = estimate(panel, method, min_matches)
    there = np.zeros((panel.n_items, panel.n_periods), dtype=int)
    there[panel.item, panel.period] = 1
    assert np.array_equal(np.isfinite(logs), there.any(axis=0))
    assert np.array_equal(component >= 0, there.any(axis=0))
    if method in TRANSITIVE:
        joined = (there.T @ there) >= min_matches
        np.fill_diagonal(joined, there.any(axis=0))
        reach = np.linalg.matrix_power(joined.astype(float), max(panel.n_periods, 1)) > 0
        together = (component[:, None] == component[None]) & (component >= 0)[:, None]
        assert np.array_equal(reach, together)


@pytest.mark.parametrize("method", sorted(MATCHED_METHODS))
@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(panel=panels(), window=st.one_of(st.none(), st.integers(2, 4)))
def test_replicates_are_finite_wherever_the_estimate_is(method, panel, window):
    window = window if method in TRANSITIVE else None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = matched_index(panel, method, replicates=5, window=window)
    assert fit.logs.shape == (panel.n_periods, 6)
    assert (np.isfinite(fit.logs).all(axis=1) == np.isfinite(fit.logs[:, 0])).all()


ODD = st.one_of(
    st.none(),
    st.sampled_from([0.0, -1.0, float("inf"), float("nan"), 1e300, 1e-300]),
    st.floats(0.01, 1e6),
)


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(
    prices=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), ODD), max_size=25),
    method=st.sampled_from(
        ["geks-jevons", "tpd", "jevons-chained", "jevons-direct", "stratified-median", "cell-medians"]
    ),
)
def test_odd_prices_give_gaps_or_a_clear_error_and_never_a_wrong_number(prices, method):
    from scrapers.errors import GigsError

    frame = pl.DataFrame(
        [{"period": str(t), "item": str(i), "price": p} for i, t, p in prices],
        schema={"period": pl.String, "item": pl.String, "price": pl.Float64},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            line, left_out = run_index(frame, IndexOptions(method=method, replicates=10))
        except GigsError as error:
            assert str(error)
            return
    usable = sum(p is not None and 1e-9 <= p <= 1e12 for _, _, p in prices)
    assert usable + sum(left_out.values()) == len(prices)
    assert line["n_items"].sum() == usable
    values = line.drop_nulls("index")
    assert values["index"].is_finite().all() and (values["index"] > 0).all()
    assert line["note"].is_null().to_list() == line["index"].is_not_null().to_list()
    bounded = line.drop_nulls("low")
    assert (bounded["low"] <= bounded["index"]).all() and (bounded["index"] <= bounded["high"]).all()
