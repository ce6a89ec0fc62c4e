"""Rolling windows: each splice follows the formula in its docstring."""

import numpy as np
import polars as pl
import pytest

from scrapers.errors import UsageError
from transform.steps.index_graph import Fit
from transform.steps.index_run import IndexOptions, run_index
from transform.steps.splice import SPLICES, rolling_fit

WINDOW, PERIODS = 5, 9


def noisy_windows(gaps=()):
    """Windows that disagree with each other, as multilateral windows do."""
    rng = np.random.default_rng(4)
    lines = {}
    for start in range(PERIODS):
        line = rng.normal(0, 1, (WINDOW, 2))
        part = np.zeros(WINDOW, dtype=np.int64)
        for gap in gaps:
            if start <= gap < start + WINDOW:
                line[gap - start], part[gap - start] = np.nan, -1
        lines[start] = Fit(line, part, part * 0, part * 0)
    return lines


def by_formula(lines, splice):
    published = list(lines[0].logs)
    for last in range(WINDOW, PERIODS):
        start = last - WINDOW + 1
        new = lines[start].logs
        links = {
            "movement": [last - 1],
            "window": [last - WINDOW + 1],
            "half": [last - WINDOW // 2],
            "mean": [last - k for k in range(1, WINDOW)],
        }[splice]
        published.append(np.mean([published[link] + new[-1] - new[link - start] for link in links], axis=0))
    return np.array(published)


@pytest.mark.parametrize("splice", SPLICES)
def test_each_splice_follows_its_formula_on_published_values(splice):
    lines = noisy_windows()
    found = rolling_fit(lambda start, stop: lines[start], PERIODS, WINDOW, splice)
    assert np.allclose(found.logs, by_formula(lines, splice), atol=1e-12)


def test_splices_disagree_when_windows_do():
    lines = noisy_windows()
    ends = {rolling_fit(lambda a, b: lines[a], PERIODS, WINDOW, s).logs[-1, 0].round(9) for s in SPLICES}
    assert len(ends) == len(SPLICES)


@pytest.mark.parametrize("splice", SPLICES)
def test_a_gap_is_left_out_and_the_line_goes_on(splice):
    lines = noisy_windows(gaps=(6,))
    found = rolling_fit(lambda start, stop: lines[start], PERIODS, WINDOW, splice)
    assert np.isnan(found.logs[6]).all() and np.isfinite(np.delete(found.logs, 6, axis=0)).all()
    if splice == "movement":
        new = lines[3].logs
        assert np.allclose(found.logs[7], found.logs[5] + new[-1] - new[2])


@pytest.mark.parametrize("splice", SPLICES)
@pytest.mark.parametrize("method", ["geks-jevons", "tpd", "geks-tornqvist", "tpd-weighted", "hedonic"])
def test_without_noise_every_splice_finds_the_common_growth(method, splice):
    rng = np.random.default_rng(0)
    rows = [
        {"period": f"{2020 + t // 12}-{t % 12 + 1:02d}", "item": i, "price": 1.03**t * (i + 1), "weight": w}
        for i in range(12)
        for t, w in enumerate(rng.random(20) + 0.1)
        if rng.random() < 0.7
    ]
    frame = pl.DataFrame(rows).with_columns(size=pl.col("item").add(1).log())
    if method == "hedonic":
        frame = frame.drop("weight")
    line, _ = run_index(
        frame, IndexOptions(method=method, window=6, splice=splice, replicates=0, base="2020-01")
    )
    assert np.allclose(line["index"], 1.03 ** np.arange(20), rtol=1e-9)


def test_a_window_as_long_as_the_series_is_one_fit():
    rng = np.random.default_rng(2)
    frame = pl.DataFrame(
        [
            {"period": str(t), "item": i, "price": float(np.exp(rng.normal()))}
            for i in range(6)
            for t in range(1, 8)
            if rng.random() < 0.8
        ]
    )
    whole, _ = run_index(frame, IndexOptions("geks-jevons", replicates=3))
    rolled, _ = run_index(frame, IndexOptions("geks-jevons", window=7, replicates=3))
    assert whole.equals(rolled)


def test_a_window_of_one_period_is_refused():
    with pytest.raises(UsageError, match="two periods"):
        rolling_fit(lambda a, b: noisy_windows()[0], PERIODS, 1, "mean")
