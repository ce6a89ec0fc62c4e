"""Any index by its name: from a frame of prices to a published series."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from scrapers.errors import UsageError
from transform.steps.bootstrap import unit_weights
from transform.steps.deflate import deflator_of
from transform.steps.hedonic import hedonic_index
from transform.steps.hedonic_design import hedonic_design
from transform.steps.index_graph import Fit
from transform.steps.index_medians import cell_quantiles, median_growth, stratified_median
from transform.steps.index_methods import MATCHED_METHODS, matched_index
from transform.steps.index_periods import base_positions
from transform.steps.index_series import COLUMNS, series
from transform.steps.panel import Floats, Panel, PanelError, read_panel
from transform.steps.splice import Splice

MEDIAN_METHODS = ("stratified-median", "cell-medians")
METHODS = (*MATCHED_METHODS, *MEDIAN_METHODS, "hedonic")
ROLLING_METHODS = ("geks-jevons", "geks-tornqvist", "tpd", "tpd-weighted", "hedonic")
MATCHING_METHODS = ("geks-jevons", "geks-tornqvist", "jevons-chained", "jevons-direct")


@dataclass(frozen=True)
class IndexOptions:
    """How an index is computed.

    Attributes:
        method: One of `METHODS`.
        base: Base period or base year; None is the first period.
        window: Length of a rolling window, None for one fit over all periods.
        splice: How windows are linked.
        min_matches: Matched items below which a pair of periods does not exist.
        replicates: Bootstrap replicates; 0 gives no intervals.
        seed: Seed of the bootstrap.
        level: Coverage of the interval.
    """

    method: str
    base: str | None = None
    window: int | None = None
    splice: Splice = "mean"
    min_matches: int = 1
    replicates: int = 200
    seed: int = 1
    level: float = 0.95


def run_index(
    frame: pl.DataFrame, options: IndexOptions, cpi: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Compute an index of a frame of prices.

    Args:
        frame: See `panel.read_panel`. The medians take `group` as their strata or cells (without one, an
            item is a cell of `cell-medians`); every other method gives each group a line of its own.
        options: Method and its settings.
        cpi: Monthly deflator for real prices, see `deflate`.

    Returns:
        One row a period (and group) with the columns of `index_series.COLUMNS`; and the number of rows
        left out, by reason.

    Raises:
        GigsError: The frame or the options do not fit; see the exceptions of the parts.
    """
    _check(options)
    if "group" not in frame.columns or options.method in MEDIAN_METHODS:
        return _one_line(frame, options, cpi)
    lines: list[pl.DataFrame] = []
    left_out: dict[str, int] = {}
    named = frame.with_columns(pl.col("group").cast(pl.String).fill_null(""))
    for (group,), part in sorted(named.group_by(["group"]), key=lambda pair: str(pair[0][0])):
        try:
            line, left = _one_line(part.drop("group"), options, cpi)
        except (PanelError, UsageError) as error:
            raise type(error)(f"group {group!r}: {error.message}", error.hint) from error
        lines.append(line.insert_column(0, pl.Series("group", [group] * line.height)))
        left_out = {reason: left_out.get(reason, 0) + left.get(reason, 0) for reason in left_out | left}
    if not lines:
        raise PanelError("the file has no rows", "check the file")
    return pl.concat(lines), left_out


def _one_line(
    frame: pl.DataFrame, options: IndexOptions, cpi: pl.DataFrame | None
) -> tuple[pl.DataFrame, dict[str, int]]:
    shares = options.method in MATCHED_METHODS and MATCHED_METHODS[options.method].uses_shares
    panel = read_panel(frame, use_weights=shares)
    if shares and panel.share is None:
        raise UsageError(
            f"{options.method} needs a column quantity or weight", "add one, or use geks-jevons or tpd"
        )
    first = int(np.flatnonzero(panel.counts())[0])
    base = [first] if options.base is None else base_positions(panel.calendar, options.base)
    fit, n_items = _fit(panel, options, base)
    deflator = None if cpi is None else deflator_of(panel.calendar, cpi)
    if deflator is not None:
        fit = _deflated(fit, deflator.logs)
    line = series(fit, panel.calendar, n_items, base, level=options.level)
    if deflator is not None:
        known, provisional = np.isfinite(deflator.logs), deflator.provisional
        line = line.with_columns(
            note=pl.when(~pl.Series(known))
            .then(pl.lit("no deflator for this period"))
            .when(pl.Series(provisional) & pl.col("index").is_not_null())
            .then(pl.lit(f"provisional: the deflator ends in {deflator.last_month}"))
            .otherwise(pl.col("note"))
        )
    return line.select(list(COLUMNS)), panel.left_out


def _fit(panel: Panel, options: IndexOptions, base: list[int]) -> tuple[Fit, np.ndarray]:
    if options.method == "hedonic":
        return _hedonic(panel, options), panel.counts()
    if options.method in MEDIAN_METHODS:
        return _medians(panel, options, base), panel.counts()
    if options.method == "jevons-direct" and len(base) > 1:
        raise UsageError("jevons-direct compares with one period", "give one period as --base, not a year")
    fit = matched_index(
        panel,
        options.method,
        min_matches=options.min_matches,
        base=base[0],
        window=options.window,
        splice=options.splice,
        replicates=options.replicates,
        seed=options.seed,
    )
    return fit, panel.counts()


def _medians(panel: Panel, options: IndexOptions, base: list[int]) -> Fit:
    by_item = options.method == "cell-medians" and not panel.is_grouped
    cells = replace(panel, stratum=panel.item) if by_item else panel
    medians, counts = cell_quantiles(cells, options.replicates, options.seed, base=base)
    if options.method == "stratified-median":
        return stratified_median(medians, counts)
    if not by_item:
        return median_growth(medians, counts)
    # Cells of one price each: the items are the sample, so they are resampled.
    medians[:, :, 1:] = medians[:, :, :1]
    weights = np.hstack(list(unit_weights(len(medians), options.replicates, options.seed)))
    return median_growth(medians, counts, weights)


def _hedonic(panel: Panel, options: IndexOptions) -> Fit:
    regressors = panel.regressors
    if not regressors.width:
        raise UsageError("hedonic needs at least one further column as a regressor", "add one to the file")
    return hedonic_index(
        panel.log_price,
        hedonic_design(regressors).matrix,
        panel.period,
        panel.item,
        panel.n_periods,
        window=options.window,
        splice=options.splice,
        replicates=options.replicates,
        seed=options.seed,
    )


def _deflated(fit: Fit, deflator: Floats) -> Fit:
    known = np.isfinite(deflator)
    component = np.where(known, fit.component, -1)
    return replace(fit, logs=fit.logs - deflator[:, None], component=component)


def _check(options: IndexOptions) -> None:
    if options.method not in METHODS:
        raise UsageError(f"there is no method {options.method!r}", f"choose one of {', '.join(METHODS)}")
    if options.window is not None and options.method not in ROLLING_METHODS:
        raise UsageError(
            f"{options.method} has no rolling window", f"--window is for {', '.join(ROLLING_METHODS)}"
        )
    if options.window is not None and options.window < 2:
        raise UsageError("a window needs at least two periods", "give --window 2 or more")
    if options.min_matches < 1:
        raise UsageError("a pair of periods needs at least one match", "give --min-matches 1 or more")
    if options.min_matches > 1 and options.method not in MATCHING_METHODS:
        raise UsageError(
            f"{options.method} compares no pairs of periods",
            f"--min-matches is for {', '.join(MATCHING_METHODS)}",
        )
