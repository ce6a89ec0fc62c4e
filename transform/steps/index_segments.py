"""The published price lines: every segment of the market, by every method that fits its data."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from transform.steps.aggregate import aggregate, without_each
from transform.steps.bootstrap import resampled_groups
from transform.steps.hedonic import hedonic_index
from transform.steps.hedonic_design import hedonic_design, level_type
from transform.steps.index_graph import Fit
from transform.steps.index_medians import cell_quantiles, median_growth, stratified_median
from transform.steps.index_menu import menu_index
from transform.steps.index_methods import matched_index
from transform.steps.index_periods import read_calendar
from transform.steps.index_series import on_base
from transform.steps.panel import Floats, Ints, Panel
from transform.steps.verdict import DRAWN_FROM

SEGMENT = ["side", "price_kind", "frame", "is_simulated", "currency"]
DIMENSIONS = ("occupation", "source", "ai_category")
NEEDED = [
    "listing_id", "month_on", *SEGMENT, *DIMENSIONS, "cluster",
    "price", "price_usd", "price_low", "price_high", "menu_usd_per_unit", "is_menu",
    "is_ai", "is_human_only", "is_ai_assisted", "level", "duration", "country_group", "log_letters",
    "is_entrant", "is_first_ask", "is_age_known",
]  # fmt: skip
REQUEST_TRAITS = [
    "source", "occupation", "level", "duration", "country_group", "log_letters", "is_ai",
    "is_human_only", "is_ai_assisted",
]  # fmt: skip
OFFER_TRAITS = ["source", "occupation", "log_letters", "is_ai"]
WINDOW = {"month": 25, "quarter": 9}
FEWEST_MATCHES = 3
FEWEST_IN_CELL = 10
N_GROUPS = 1000
LARGE_PART, FEW_GROUPS = 20_000, 250  # with so many listings, fewer and larger random groups say the same
LEVELS_KEPT = 40
THREADS = 2


@dataclass(frozen=True)
class Settings:
    """Size of the bootstrap: replicates and seed."""

    replicates: int = 200
    seed: int = 1


@dataclass(frozen=True)
class Line:
    """One index before it becomes rows.

    Attributes:
        dimension: `all`, one of `DIMENSIONS`, or a kind of aggregate.
        member: The occupation, source or category; `all` otherwise.
        method: Name of the method.
        role: `headline`, `beside` or `warning`.
        fit: Estimate and replicates.
        n_items: Prices in each period, shape (T,).
        n_units: Resampled units in each period, shape (T,).
        base: Positions of the base year.
    """

    dimension: str
    member: str
    method: str
    role: str
    fit: Fit
    n_items: Ints
    n_units: Ints
    base: list[int]


@dataclass(frozen=True)
class Segment:
    """Prices that may be compared: one side, kind, frame and currency.

    Attributes:
        points: One row a listing and period, with `place`, its position in the calendar.
        calendar: Period labels.
        grain: `month` or `quarter`.
        base: Positions of the first year with 30 prices.
        open_ends: Budgets that a menu leaves open ("under 50"): no price, but a bound.
    """

    points: pl.DataFrame
    calendar: tuple[str, ...]
    grain: str
    base: list[int]
    open_ends: pl.DataFrame

    @property
    def n_periods(self) -> int:
        """Number of periods of the calendar."""
        return len(self.calendar)


def segments(points: pl.DataFrame, grain: str) -> Iterator[tuple[dict[str, object], Segment]]:
    """Split prices into segments, in US dollars and in each original currency beside.

    Args:
        points: Rows of `int_price_panel_cells`.
        grain: `month` or `quarter`.

    Yields:
        The segment's key and its prices; a listing seen several times in a period counts once, with the
        geometric mean of its prices and as it was first seen in it. Segments without a year of 30 prices, or
        with fewer than two periods of 10, are left out.
    """
    label = (
        pl.col("month_on").dt.strftime("%Y-%m")
        if grain == "month"
        else pl.format("{}-Q{}", pl.col("month_on").dt.year(), pl.col("month_on").dt.quarter())
    )
    needed = points.select(NEEDED).with_columns(
        pl.col(name).cast(level_type(points[name]))
        for name in {*REQUEST_TRAITS, *OFFER_TRAITS}
        if points.schema[name] == pl.String
    )
    in_usd = {"value": pl.col("price_usd"), "rate": pl.col("menu_usd_per_unit"), "currency": pl.lit("USD")}
    as_written = {"value": pl.col("price"), "rate": pl.lit(1.0)}
    foreign = pl.col("currency") != "USD"
    for chosen, keys, named in (
        (pl.lit(True), [name for name in SEGMENT if name != "currency"], in_usd),
        (foreign, SEGMENT, as_written),
    ):
        # Rows are picked by number, a segment at a time: the prices of all segments never stand side by side.
        numbered = needed.select(*keys, chosen=chosen).with_row_index("row").filter("chosen")
        for (rows,) in numbered.group_by(keys, maintain_order=True).agg("row").select("row").iter_rows():
            part = _labelled(needed[rows].with_columns(**named), label)
            segment = _segment(part, grain)
            if segment is not None:
                yield {name: part[name][0] for name in SEGMENT}, segment


def _labelled(prices: pl.DataFrame, label: pl.Expr) -> pl.DataFrame:
    """Prices and open-ended menu budgets with their period, and their value as a logarithm."""
    return prices.filter(
        (pl.col("value") > 0) | (pl.col("is_menu") & pl.col("price").is_null() & pl.col("rate").is_not_null())
    ).with_columns(
        period=label,
        log_price=pl.col("value").log(),
        low_value=pl.col("price_low") * pl.col("rate"),
        high_value=pl.col("price_high") * pl.col("rate"),
    )


def segment_lines(segment: Segment, side: str, whole_settings: Settings) -> list[Line]:
    """All lines of a segment: headline, methods beside it, and what chaining would have said.

    Lines of one source or one AI category have half of the replicates, for the sake of time.
    """
    fewer = replace(whole_settings, replicates=max(whole_settings.replicates // 2, 2))
    (_, _, everything), *breakdown = _parts(segment)
    wholes = [cut for cut in breakdown if cut[2].height == everything.height]
    others = [cut for cut in breakdown if cut[2].height < everything.height]

    def lines_of(cut: tuple[str, str, pl.DataFrame]) -> list[Line]:
        dimension, member, part = cut
        settings = whole_settings if dimension in ("all", "occupation") else fewer
        lines = _offer_lines if side == "offer" else _request_lines
        made = lines(segment, part, dimension, member, settings)
        return made + _median_lines(segment, part, dimension, member, settings)

    # The time goes into NumPy, which lets two threads work at once.
    with ThreadPoolExecutor(THREADS) as pool:
        first, *rest = pool.map(lines_of, [("all", "all", everything), *others])
    made = [*first, *(line for lines in rest for line in lines)]
    for dimension, member, _ in wholes:
        made += [replace(line, dimension=dimension, member=member) for line in first]
    return made + _aggregates(segment, made)


def _segment(both: pl.DataFrame, grain: str) -> Segment | None:
    part = both.filter(pl.col("log_price").is_not_null())
    years = part.group_by(year=pl.col("period").str.slice(0, 4)).len().filter(pl.col("len") >= DRAWN_FROM)
    periods = part.group_by("period").len().filter(pl.col("len") >= FEWEST_IN_CELL)
    if years.is_empty() or periods.height < 2:
        return None
    _, calendar = read_calendar(part["period"].unique().to_list())
    first = min(years["year"].to_list())
    once = part
    if part["side"][0] == "offer":  # a request is posted once
        seen = part.sort("listing_id", "month_on")
        once = seen.group_by("listing_id", "period", maintain_order=True).agg(
            pl.all().exclude("log_price").first(), pl.col("log_price").mean()
        )
    once = once.with_columns(item=pl.col("listing_id").rank("dense").cast(pl.Int64))
    places = {label: place for place, label in enumerate(calendar)}
    placed = pl.col("period").replace_strict(places, default=None, return_dtype=pl.Int64)
    open_ends = both.filter(pl.col("log_price").is_null()).with_columns(
        place=placed, item=pl.lit(None, dtype=pl.Int64)
    )
    return Segment(
        once.with_columns(place=placed),
        tuple(calendar),
        grain,
        [place for place, label in enumerate(calendar) if label.startswith(first)],
        open_ends.filter(pl.col("place").is_not_null()).select(*once.columns, "place"),
    )


def _parts(segment: Segment) -> Iterator[tuple[str, str, pl.DataFrame]]:
    yield "all", "all", segment.points
    if segment.points["currency"][0] != "USD":
        return  # original currencies stand beside, without a breakdown
    for dimension in DIMENSIONS:
        for (member,), part in segment.points.group_by([dimension], maintain_order=True):
            if member is None or member == "unknown":
                continue
            periods = part.group_by("place").len().filter(pl.col("len") >= DRAWN_FROM)
            if periods.height >= 2:
                yield dimension, str(member), part


def _base_of(segment: Segment, part: pl.DataFrame) -> list[int]:
    """The segment's base year where the part has 30 prices in it, else the part's own first such year."""
    if part.filter(pl.col("place").is_in(segment.base)).height >= DRAWN_FROM:
        return segment.base
    own = part.group_by(year=pl.col("period").str.slice(0, 4)).len().filter(pl.col("len") >= DRAWN_FROM)
    year = min(own["year"].to_list()) if own.height else segment.calendar[segment.base[0]][:4]
    return [place for place, label in enumerate(segment.calendar) if label.startswith(year)]


def _counts(segment: Segment, places: pl.Series) -> Ints:
    return np.bincount(places.to_numpy(), minlength=segment.n_periods).astype(np.int64)


def _hedonic_line(
    segment: Segment,
    part: pl.DataFrame,
    dimension: str,
    member: str,
    method: str,
    traits: list[str],
    settings: Settings,
) -> Line:
    groups, _ = resampled_groups(part["cluster"], part["listing_id"])
    if part.height > LARGE_PART:
        groups = groups % FEW_GROUPS
    fit = hedonic_index(
        part["log_price"].to_numpy(),
        _design(part, traits),
        part["place"].to_numpy(),
        groups,
        segment.n_periods,
        window=WINDOW[segment.grain],
        replicates=settings.replicates,
        seed=settings.seed,
    )
    units = part.select("place", group=pl.Series(groups)).unique()["place"]
    role = "headline" if method == "hedonic" else "beside"
    base = _base_of(segment, part)
    counts = _counts(segment, part["place"])
    return Line(dimension, member, method, role, fit, counts, _counts(segment, units), base)


def _request_lines(
    segment: Segment, part: pl.DataFrame, dimension: str, member: str, settings: Settings
) -> list[Line]:
    headline = _hedonic_line(segment, part, dimension, member, "hedonic", REQUEST_TRAITS, settings)
    return [headline, *(_menu_line(segment, headline, settings) if dimension == "all" else [])]


def _menu_line(segment: Segment, headline: Line, settings: Settings) -> list[Line]:
    """Interval regression beside the headline, where enough budgets come from a menu."""
    if not segment.points["is_menu"].any():
        return []
    # In the order of the listings: which of many budgets are drawn must not depend on how rows arrive.
    budgets = pl.concat([segment.points, segment.open_ends]).sort("listing_id", "place")
    groups, _ = resampled_groups(budgets["cluster"], budgets["listing_id"])
    budgets = budgets.with_columns(group=pl.Series(groups))
    design = _design(budgets, REQUEST_TRAITS)
    fit = menu_index(budgets, design, headline.fit, segment.n_periods, settings.replicates, settings.seed)
    if fit is None:
        return []
    counts = _counts(segment, budgets["place"])
    units = _counts(segment, budgets.select("place", "group").unique()["place"])
    line = replace(headline, method="hedonic-interval", role="beside", fit=fit)
    return [replace(line, n_items=counts, n_units=units)]


def _design(part: pl.DataFrame, traits: list[str]) -> Floats:
    flags = [pl.col(name).cast(pl.Int8) for name in traits if part.schema[name] == pl.Boolean]
    return hedonic_design(part.select(traits).with_columns(flags), LEVELS_KEPT).matrix


def _panel(segment: Segment, part: pl.DataFrame) -> Panel:
    item = (part["item"].rank("dense").cast(pl.Int64) - 1).to_numpy()
    strata = part.select(pl.concat_str("source", "occupation", separator="|").rank("dense")).to_series()
    return Panel(
        segment.grain,
        segment.calendar,
        item,
        part["place"].to_numpy(),
        part["log_price"].to_numpy(),
        int(item.max()) + 1,
        stratum=strata.to_numpy().astype(np.int64) - 1,
    )


def _offer_lines(
    segment: Segment, part: pl.DataFrame, dimension: str, member: str, settings: Settings
) -> list[Line]:
    base = _base_of(segment, part)
    lines = [
        _matched_line(segment, part, dimension, member, method, role, base, settings)
        for method, role in (("geks-jevons", "headline"), ("tpd", "beside"))
    ]
    if dimension == "all":
        # A direct comparison has one base period: the first of the base year that has a price.
        direct = [place for place in base if (part["place"] == place).any()][:1] or base[:1]
        lines += [
            _matched_line(segment, part, dimension, member, "jevons-direct", "beside", direct, settings),
            _matched_line(segment, part, dimension, member, "jevons-chained", "warning", base, settings),
        ]
    incumbents = part.filter(pl.col("is_age_known") & ~pl.col("is_entrant"))
    if incumbents.height >= DRAWN_FROM:
        line = _matched_line(segment, incumbents, dimension, member, "geks-jevons", "beside", base, settings)
        lines.append(replace(line, method="geks-jevons-incumbents"))
    entrants = part.filter(pl.col("is_first_ask"))
    if entrants.height >= DRAWN_FROM:
        lines.append(
            _hedonic_line(segment, entrants, dimension, member, "hedonic-first-asks", OFFER_TRAITS, settings)
        )
    return lines


def _matched_line(
    segment: Segment,
    part: pl.DataFrame,
    dimension: str,
    member: str,
    method: str,
    role: str,
    base: list[int],
    settings: Settings,
) -> Line:
    panel = _panel(segment, part)
    fit = matched_index(
        panel,
        method,
        min_matches=1 if method == "tpd" else FEWEST_MATCHES,
        base=base[0],
        replicates=settings.replicates,
        seed=settings.seed,
        n_groups=N_GROUPS,
    )
    return Line(dimension, member, method, role, fit, panel.counts(), fit.n_matched, base)


def _median_lines(
    segment: Segment, part: pl.DataFrame, dimension: str, member: str, settings: Settings
) -> list[Line]:
    panel, base = _panel(segment, part), _base_of(segment, part)
    medians, counts = cell_quantiles(
        panel, settings.replicates, settings.seed, base=base, min_cell=FEWEST_IN_CELL, n_groups=N_GROUPS
    )
    fits = {
        "stratified-median": stratified_median(medians, counts),
        "cell-medians": median_growth(medians, counts),
    }
    n = panel.counts()
    return [Line(dimension, member, method, "beside", fit, n, n, base) for method, fit in fits.items()]


def _aggregates(segment: Segment, lines: list[Line]) -> list[Line]:
    """The headline over occupations with fixed base-year weights, unweighted, and without each source."""
    made: list[Line] = []
    for dimension in ("occupation", "source"):
        members = [
            line
            for line in lines
            if line.dimension == dimension and line.role == "headline" and line.base == segment.base
        ]
        if len(members) < 2:
            continue
        logs = np.stack([on_base(line.fit, line.base)[0] for line in members])
        weights = np.array([line.n_items[segment.base].sum() for line in members], dtype=np.float64)
        if dimension == "occupation":
            made.append(_combined(members, "aggregate", "all", aggregate(logs, weights), segment.base))
            unweighted = aggregate(logs, np.ones(len(members)))
            made.append(_combined(members, "aggregate", "unweighted", unweighted, segment.base))
        else:
            left_out = without_each(logs, weights)
            made += [
                _combined(members, "without source", line.member, lone, segment.base)
                for line, lone in zip(members, left_out, strict=True)
            ]
    return made


def _combined(members: list[Line], dimension: str, member: str, logs: Floats, base: list[int]) -> Line:
    counted = [line for line in members if not (dimension == "without source" and line.member == member)]
    n_items = np.sum([line.n_items for line in counted], axis=0)
    n_units = np.sum([line.n_units for line in counted], axis=0)
    component = np.where(np.isfinite(logs[:, 0]), 0, np.where(n_items > 0, 1, -1)).astype(np.int64)
    none = np.full(len(logs), -1, dtype=np.int64)
    fit = Fit(logs, component, none, none)
    return Line(dimension, member, members[0].method, "beside", fit, n_items, n_units, base)
