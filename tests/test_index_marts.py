"""The price marts' frames, from listings whose prices are known."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dashboard import labels, theme
from transform.steps.index_mart import KEY, SCHEMA, price_index
from transform.steps.index_segments import Settings
from transform.steps.premium_cells import NOT_CORRECTED, premium_cells
from transform.steps.premium_cells import SCHEMA as PREMIUM_SCHEMA
from transform.steps.shares import random_counts
from transform.steps.verdict_cells import price_cells

QUICK = Settings(replicates=30)
MONTHS = [date(2023 + m // 12, m % 12 + 1, 1) for m in range(18)]
CPI = pl.DataFrame(
    {
        "month_on": [date(2022 + m // 12, m % 12 + 1, 1) for m in range(28)],
        "cpi_u": [100.0] * 12 + [110.0] * 16,
    }
)


def points(n_a_month=80, *, side="request", kind="rate", drift=0.01, premium=0.3, seed=0, currency="USD"):
    rng = np.random.default_rng(seed)
    n = n_a_month * len(MONTHS)
    month = np.repeat(np.arange(len(MONTHS)), n_a_month)
    listing = np.arange(n) if side == "request" else np.tile(np.arange(n_a_month), len(MONTHS))
    own = rng.normal(0, 0.3, n)[listing]
    occupation = np.array(["Software", "Writing"])[listing % 2]
    is_ai = (rng.random(n) < 0.3)[listing]
    price = np.exp(3 + own + drift * month + premium * is_ai + 0.5 * (listing % 2) + rng.normal(0, 0.05, n))
    return pl.DataFrame(
        {
            "listing_id": [f"{seed}-{i}" for i in listing],
            "month_on": [MONTHS[m] for m in month],
            "source": np.array(["one", "two"])[(listing // 2) % 2],
            "platform": "p",
            "side": side,
            "price_kind": kind,
            "frame": "full",
            "is_simulated": True,
            "occupation": occupation,
            "is_ai": is_ai,
            "ai_category": [("ai_integration" if ai else None) for ai in is_ai],
            "is_human_only": False,
            "is_ai_assisted": False,
            "currency": currency,
            "price": price,
            "price_usd": price if currency == "USD" else price / 2,
            "price_low": price,
            "price_high": price,
            "menu_usd_per_unit": 1.0,
            "price_method": "single",
            "is_menu": False,
            "level": "expert",
            "duration": "month",
            "country_group": "other",
            "log_letters": 5.0,
            "is_described": True,
            "cluster": rng.integers(0, 500, n)[listing],
            "is_entrant": False,
            "is_first_ask": False,
            "is_age_known": True,
        }
    )


@pytest.fixture(scope="module")
def requests():
    return price_index(points(), CPI, settings=QUICK)


def line(table, **where):
    time = "period" if "period" in table.columns else "half_year"
    return table.filter(*[pl.col(name) == value for name, value in where.items()]).sort(time)


def test_the_mart_has_one_row_a_key_and_the_columns_of_its_contract(requests):
    assert requests.columns == list(SCHEMA)
    assert not requests.select(KEY).is_duplicated().any()
    assert set(requests["method"]) == {"hedonic", "stratified-median", "cell-medians"}


def test_the_headline_finds_the_drift_and_counts_from_the_base_year(requests):
    found = line(requests, grain="month", dimension="all", role="headline")
    growth = np.log(found["index"][-1] / found["index"][0])
    assert growth == pytest.approx(0.17, abs=0.1)
    first_year = found.filter(pl.col("period").str.starts_with("2023"))
    assert np.exp(np.log(first_year["index"]).mean()) == pytest.approx(100)
    assert (found["index_low"] < found["index"]).all() and (found["index"] < found["index_high"]).all()
    assert found["base_period"].unique().to_list() == ["2023"]
    assert set(found["verdict"]) <= {"adequate", "wide"}


def test_real_prices_are_nominal_ones_over_the_consumer_price_index(requests):
    found = line(requests, grain="month", dimension="all", method="hedonic")
    assert (found["index_real"] / found["index"]).to_list() == pytest.approx(
        [1.0] * 18
    )  # no inflation since 2023
    assert found["is_provisional"].to_list() == [False] * 16 + [True] * 2
    ratio = found["index_real_high"] / found["index_high"]
    assert ratio.to_list() == pytest.approx([1.0] * 18)


def test_occupations_have_lines_and_an_aggregate_with_fixed_weights(requests):
    headline = requests.filter((pl.col("grain") == "quarter") & (pl.col("method") == "hedonic"))
    parts = line(headline, dimension="occupation")
    total = line(headline, dimension="aggregate", member="all")
    logs = (
        parts.with_columns(pl.col("index").log())
        .group_by("period", maintain_order=True)
        .agg(pl.col("index").mean())
    )
    assert np.exp(logs["index"]).to_list() == pytest.approx(total["index"].to_list(), rel=1e-3)
    without = line(headline, dimension="without source")
    assert set(without["member"]) == {"one", "two"}
    inside = without.filter(~pl.col("period").str.starts_with("2023"))
    assert (inside["index_low"] < inside["index"]).all() and (inside["index"] < inside["index_high"]).all()


def test_small_periods_are_gaps_with_their_reason():
    thin = points().with_columns(_n=pl.int_range(pl.len()).over("month_on"))
    thin = thin.filter((pl.col("month_on") != MONTHS[5]) | (pl.col("_n") < 6)).drop("_n")
    found = line(price_index(thin, CPI, grains=["month"], settings=QUICK), dimension="all", method="hedonic")
    assert found["verdict"][5] == "gap" and found["note"][5] == "fewer than 10 prices"
    assert found["index"][5] is None and found["index_low"][5] is None and found["index_real"][5] is None


def test_original_currencies_stand_beside_dollars_and_are_not_deflated():
    found = price_index(points(currency="INR"), CPI, grains=["quarter"], settings=QUICK)
    assert set(found["currency"]) == {"USD", "INR"}
    rupees = found.filter(pl.col("currency") == "INR")
    assert rupees["index_real"].is_null().all() and set(rupees["dimension"]) == {"all"}


def test_frames_sides_and_kinds_are_never_pooled():
    mixed = pl.concat(
        [
            points(40),
            points(40, kind="budget", seed=1),
            points(40, seed=2).with_columns(frame=pl.lit("query")),
        ]
    )
    found = price_index(mixed, CPI, grains=["quarter"], settings=QUICK)
    whole = found.filter((pl.col("dimension") == "all") & (pl.col("role") == "headline"))
    assert whole.group_by("price_kind", "frame").agg(pl.col("n_items").sum()).height == 3
    assert set(whole["n_items"]) == {120}


def test_offers_are_matched_and_chaining_is_only_a_warning():
    found = price_index(
        points(40, side="offer", kind="ask", drift=0.02), CPI, grains=["month"], settings=QUICK
    )
    headline = line(found, dimension="all", role="headline")
    assert set(headline["method"]) == {"geks-jevons"}
    assert np.log(headline["index"][-1] / headline["index"][0]) == pytest.approx(0.34, abs=0.03)
    assert set(headline["n_pairs"]) == {17} and set(headline["n_matched"]) == {40}
    assert set(found.filter(pl.col("role") == "warning")["method"]) == {"jevons-chained"}
    direct = line(found, dimension="all", method="jevons-direct")
    assert direct["index"][0] == 100 and set(direct["n_pairs"][1:]) == {1}
    assert "geks-jevons-incumbents" in set(found["method"])


@pytest.mark.parametrize(("side", "kind"), [("request", "budget"), ("offer", "ask")])
def test_the_order_of_rows_changes_nothing(side, kind, monkeypatch):
    monkeypatch.setattr("transform.steps.index_menu.MOST_ROWS", 200)
    rows = points(30, side=side, kind=kind).with_columns(
        is_menu=pl.lit(kind == "budget"),
        price_low=pl.col("price") * 0.8,
        price_high=pl.col("price") * 1.3,
        is_first_ask=pl.int_range(pl.len()) < 40,
        is_entrant=pl.int_range(pl.len()) < 60,
    )
    settings = Settings(replicates=4)
    found, shuffled = (
        price_index(table, CPI, grains=["quarter"], settings=settings).sort(KEY)
        for table in (rows, rows.sample(fraction=1, shuffle=True, seed=3))
    )
    assert_frame_equal(found, shuffled, rel_tol=1e-7)
    methods = set(found["method"])
    assert methods <= labels.METHODS.keys() and methods <= theme.METHOD_COLOURS.keys(), "charts know them all"


def test_budgets_of_a_menu_get_a_line_by_interval_regression():
    edges = [0, 10, 20, 35, 60, 120, float("inf")]
    budgets = points(100, kind="budget")
    place = np.digitize(budgets["price"].to_numpy(), edges[1:-1])
    low, high = pl.Series([edges[i] for i in place]), pl.Series([edges[i + 1] for i in place])
    middle = (low * high).sqrt()
    is_open = (low == 0) | (high == float("inf"))
    menu = budgets.with_columns(
        price_low=pl.when(low > 0).then(low),
        price_high=pl.when(high < float("inf")).then(high),
        price=pl.when(~is_open).then(middle),
        price_usd=pl.when(~is_open).then(middle),
        is_menu=pl.lit(True),
    )
    found = price_index(menu, CPI, grains=["quarter"], settings=QUICK)
    by_menu = line(found, method="hedonic-interval", dimension="all")
    exact = line(
        price_index(budgets, CPI, grains=["quarter"], settings=QUICK),
        method="hedonic",
        dimension="all",
    )
    assert by_menu["n_items"].to_list() == exact["n_items"].to_list()  # the open ends count too
    assert by_menu["index"].to_list() == pytest.approx(exact["index"].to_list(), rel=0.05)
    assert found.filter(pl.col("method") == "hedonic")["n_items"].min() < 300


def test_nothing_gives_an_empty_mart():
    assert price_index(points().clear(), CPI).is_empty()
    assert premium_cells(points().clear(), EVALUATION).columns == list(PREMIUM_SCHEMA)


EVALUATION = pl.DataFrame(
    {
        "split": ["out_of_fold"],
        "stratum": ["random_described"],
        "side": ["all"],
        "class": ["any_ai"],
        "n_listings": [1300],
        "n_examples": [300],
        "n_predicted": [280],
        "n_right": [270],
    }
)


def test_premium_is_found_and_corrected_where_labels_support_it():
    assert random_counts(EVALUATION)[("described", "any_ai")].n_true_negative == 990
    found = premium_cells(points(150, premium=0.3), EVALUATION)
    whole = line(found, occupation="all", flag="ai", half_year="2023-H1")
    assert whole["half_year_on"].to_list() == [date(2023, 1, 1)]
    assert whole["premium_low"][0] < np.expm1(0.3) < whole["premium_high"][0]
    assert whole["verdict"][0] == "higher"
    assert 0.8 < whole["attenuation"][0] < 0.95 and whole["corrected_premium"][0] > whole["premium"][0]
    stances = points(150).with_columns(is_human_only=pl.int_range(pl.len()) % 3 == 0)
    stance = line(premium_cells(stances, EVALUATION), occupation="all", flag="human_only")
    assert stance["corrected_premium"].null_count() == stance.height > 0
    assert stance["note"].unique().to_list() == [NOT_CORRECTED]
    weak = premium_cells(points(150), EVALUATION.with_columns(n_examples=10, n_right=10, n_predicted=12))
    assert weak["corrected_premium"].is_null().all()
    assert weak.filter(pl.col("flag") == "ai")["note"].str.contains("not supported").all()


def test_cells_have_a_median_its_interval_and_a_verdict():
    frame = pl.DataFrame(
        {
            "grain": ["month"] * 3,
            "prices_usd": [sorted([10.0] * 60), [float(p) for p in range(1, 41)], [5.0] * 12],
            "n_ranges": [15, 0, 12],
            "n_menu": [0, 0, 12],
            "to_base": [1.1, None, 1.0],
        }
    )
    found = price_cells(frame)
    assert found["median"].to_list() == [10, 20.5, 5]
    assert found["verdict"].to_list() == ["adequate", "wide", "too few"]
    assert found["median_real"].to_list() == [11, None, 5]
    assert found["range_share"].to_list() == [0.25, 0, 1] and found["menu_share"].to_list() == [0, 0, 1]
