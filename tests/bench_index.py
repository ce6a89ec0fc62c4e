"""Speed of the price statistics; run by `make bench`.

First one GEKS with its bootstrap, beside a straightforward pandas version with equal results; then all lines,
premiums and intervals of a warehouse.

Usage: python tests/bench_index.py [items] [periods] [replicates] [listings]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import resource
import sys
import time
from datetime import date

import numpy as np
import pandas as pd
import polars as pl

from transform.steps.index_graph import least_squares_levels
from transform.steps.index_mart import price_index
from transform.steps.index_methods import matched_index
from transform.steps.panel import Panel
from transform.steps.premium_cells import premium_cells

FILLED = 0.2


def market(items: int, periods: int) -> Panel:
    """Offers of which one cell in five is filled."""
    rng = np.random.default_rng(1)
    item, period = np.nonzero(rng.random((items, periods)) < FILLED)
    logs = rng.normal(3, 1, items)[item] + 0.005 * period + rng.normal(0, 0.1, len(item))
    return Panel("number", tuple(map(str, range(periods))), item, period, logs, items)


def geks_by_pandas(panel: Panel, weights: np.ndarray) -> np.ndarray:
    """GEKS-Jevons as one would write it: a wide table, a loop over pairs of periods."""
    table = pd.DataFrame({"item": panel.item, "period": panel.period, "log": panel.log_price})
    wide = table.pivot(index="item", columns="period", values="log")
    weight = pd.Series(weights, index=range(panel.n_items)).reindex(wide.index)
    logs = np.zeros((panel.n_periods, panel.n_periods, 1))
    for s in range(panel.n_periods):
        for t in range(s + 1, panel.n_periods):
            change = (wide[t] - wide[s]).dropna()
            own = weight.loc[change.index]
            logs[s, t] = (change * own).sum() / own.sum()
            logs[t, s] = -logs[s, t]
    exists = ~np.eye(panel.n_periods, dtype=bool)
    return least_squares_levels(logs, exists.astype(float), np.zeros(panel.n_periods, dtype=np.int64))[:, 0]


def main(items: int = 100_000, periods: int = 100, replicates: int = 200) -> dict[str, float]:
    """Time both versions on the same panel and compare what they find."""
    panel = market(items, periods)
    started = time.perf_counter()
    ours = matched_index(panel, "geks-jevons", replicates=replicates).logs
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    grouped_started = time.perf_counter()
    matched_index(panel, "geks-jevons", replicates=replicates, n_groups=1000)
    grouped = time.perf_counter() - grouped_started
    pandas_started = time.perf_counter()
    theirs = geks_by_pandas(panel, np.ones(items))
    pandas_seconds = (time.perf_counter() - pandas_started) * (replicates + 1)
    difference = np.abs((ours[:, 0] - ours[0, 0]) - (theirs - theirs[0])).max()
    assert difference < 1e-9, difference
    return {
        "items": items,
        "periods": periods,
        "observations": len(panel.item),
        "replicates": replicates,
        "seconds": round(seconds, 2),
        "seconds_grouped": round(grouped, 2),
        "peak_gb": round(peak, 2),
        "pandas_seconds_extrapolated": round(pandas_seconds, 1),
        "ratio": round(pandas_seconds / seconds, 1),
        "largest_difference": float(difference),
    }


KINDS = {"budget": 0.45, "rate": 0.2, "bid": 0.1, "ask": 0.25}
CURRENCIES = {"USD": 0.7, "EUR": 0.15, "GBP": 0.1, "INR": 0.05}
SEEN_AGAIN = 4
"""An offer is seen in so many of its months, a request once."""


def warehouse(listings: int, months: int) -> pl.DataFrame:
    """Prices of a market as `int_price_panel_cells` holds them: half of the budgets from menus."""
    rng = np.random.default_rng(2)
    kind = rng.choice(list(KINDS), listings, p=list(KINDS.values()))
    is_offer = kind == "ask"
    listing = np.where(is_offer, np.arange(listings) // SEEN_AGAIN, np.arange(listings))
    traits = {
        name: np.array([f"{name} {number}" for number in range(levels)])[listing * 7919 % prime % levels]
        for name, levels, prime in (
            ("source", 6, 101),
            ("occupation", 9, 103),
            ("level", 4, 107),
            ("duration", 5, 109),
            ("country_group", 5, 113),
        )
    }
    categories = np.array([f"category {number}" for number in range(10)])
    is_ai = listing * 31 % 97 < 15
    month = (listing * 13 + np.where(is_offer, np.arange(listings) % SEEN_AGAIN, 0)) % months
    currency = rng.choice(list(CURRENCIES), listings, p=list(CURRENCIES.values()))
    log_price = rng.normal(4, 0.6, listings)[listing] + 0.004 * month + 0.2 * is_ai
    price = np.exp(log_price + rng.normal(0, 0.05, listings)).round(2)
    is_menu = (kind == "budget") & (listing % 2 == 0)
    days = [date(2018 + number // 12, number % 12 + 1, 1) for number in range(months)]
    return pl.DataFrame(
        {
            "listing_id": pl.Series(listing).cast(pl.String),
            "month_on": pl.Series(days).gather(month),
            "side": np.where(is_offer, "offer", "request"),
            "price_kind": kind,
            "frame": "full",
            "is_simulated": True,
            **traits,
            "is_ai": is_ai,
            "ai_category": pl.Series(categories[listing % 10]).set(pl.Series(~is_ai), None),
            "is_human_only": listing % 53 == 0,
            "is_ai_assisted": listing % 37 == 0,
            "currency": currency,
            "price": price,
            "price_usd": price,
            "price_low": np.where(is_menu, price * 0.7, price),
            "price_high": np.where(is_menu, price * 1.4, price),
            "menu_usd_per_unit": 1.0,
            "is_menu": is_menu,
            "log_letters": rng.normal(6, 1, listings)[listing],
            "is_described": True,
            "cluster": (listing * 17 % 1000).astype(np.int16),
            "is_entrant": listing % 5 == 0,
            "is_first_ask": is_offer & (np.arange(listings) % SEEN_AGAIN == 0),
            "is_age_known": True,
        }
    )


def all_lines(listings: int, months: int = 100) -> dict[str, float]:
    """Time every line, premium and interval of a warehouse."""
    points = warehouse(listings, months)
    cpi = pl.DataFrame({"month_on": points["month_on"].unique().sort()}).with_columns(cpi_u=pl.lit(250.0))
    which = {"split": "out_of_fold", "stratum": "random_described", "side": "all", "class": "any_ai"}
    counts = {"n_listings": 1300, "n_examples": 300, "n_predicted": 280, "n_right": 270}
    started, processor = time.perf_counter(), time.process_time()
    lines = price_index(points, cpi)
    premiums = premium_cells(points, pl.DataFrame([which | counts]))
    return {
        "prices": points.height,
        "months": months,
        "figures": lines.height + premiums.height,
        "seconds": round(time.perf_counter() - started, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


if __name__ == "__main__":
    arguments = list(map(int, sys.argv[1:]))
    sys.stdout.write(json.dumps(all_lines(arguments[3] if len(arguments) > 3 else 1_000_000)) + "\n")
    sys.stdout.write(json.dumps(main(*arguments[:3])) + "\n")
