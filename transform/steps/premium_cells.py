"""Rows of the mart `ai_premium`: what AI work, a stance or being new is worth, by occupation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from transform.steps.bootstrap import resampled_groups
from transform.steps.hedonic_design import hedonic_design, level_type
from transform.steps.premium import Accuracy, Premium, flag_premium
from transform.steps.shares import Counts, random_counts
from transform.steps.verdict import DRAWN_FROM, GAP, TOO_FEW, holm_ranks

KEY = ["side", "price_kind", "frame", "is_simulated"]
FLAGS = {
    "ai": "is_ai",
    "human_only": "is_human_only",
    "ai_assisted": "is_ai_assisted",
    "entrant": "is_entrant",
}
TRAITS = ["source", "occupation", "level", "duration", "country_group", "log_letters"]
UNCLUSTERED = "too few clients or days to cluster by: the interval takes listings as independent"
NOT_CORRECTED = "as found: too few labels measure the classifier's errors on this stance"
HIGHER, LOWER, UNCLEAR = "higher", "lower", "no clear difference"
VERDICTS = (HIGHER, LOWER, UNCLEAR, TOO_FEW, GAP)

SCHEMA = {
    "half_year": pl.String,
    "half_year_on": pl.Date,
    "side": pl.String,
    "price_kind": pl.String,
    "frame": pl.String,
    "is_simulated": pl.Boolean,
    "occupation": pl.String,
    "flag": pl.String,
    "n_listings": pl.Int64,
    "n_flagged": pl.Int64,
    "premium": pl.Float64,
    "premium_low": pl.Float64,
    "premium_high": pl.Float64,
    "corrected_premium": pl.Float64,
    "corrected_low": pl.Float64,
    "corrected_high": pl.Float64,
    "attenuation": pl.Float64,
    "verdict": pl.String,
    "rank_best": pl.Int64,
    "rank_worst": pl.Int64,
    "note": pl.String,
}


def premium_cells(points: pl.DataFrame, evaluation: pl.DataFrame) -> pl.DataFrame:
    """Estimate every premium.

    Args:
        points: Rows of `int_price_panel_cells`.
        evaluation: Scores of the classifier, from which its accuracy on random listings is read.

    Returns:
        Rows with the columns of `SCHEMA`; premiums are shares (0.2 = a fifth dearer than comparable listings
        of the same month). Half-years without any flagged listing are left out.
    """
    counts = random_counts(evaluation)
    priced = (
        points.filter(pl.col("price_usd") > 0)
        .with_columns(
            half_year=pl.format(
                "{}-H{}", pl.col("month_on").dt.year(), (pl.col("month_on").dt.month() - 1) // 6 + 1
            ),
            log_price=pl.col("price_usd").log(),
        )
        .with_columns(
            pl.col(name).cast(level_type(points[name])) for name in TRAITS if points.schema[name] == pl.String
        )
    )
    rows: list[dict[str, object]] = []
    for key, half in priced.group_by([*KEY, "half_year"], maintain_order=True):
        named = dict(zip([*KEY, "half_year"], key, strict=True))
        for occupation, part in _occupations(half):
            for flag, premium in _premiums(part, str(named["side"]), counts):
                rows.append(named | {"occupation": occupation, "flag": flag} | _figures(premium))
    if not rows:
        return pl.DataFrame(schema=SCHEMA)
    table = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        half_year_on=pl.format(
            "{}-{}-01",
            pl.col("half_year").str.slice(0, 4),
            pl.when(pl.col("half_year").str.ends_with("1")).then(pl.lit("01")).otherwise(pl.lit("07")),
        ).str.to_date()
    )
    return _ranked(table).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _occupations(half: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "all", half
    for (occupation,), part in half.group_by(["occupation"], maintain_order=True):
        if occupation is not None and part.height >= DRAWN_FROM:
            yield str(occupation), part


def _premiums(
    part: pl.DataFrame, side: str, counts: Mapping[tuple[str, str], Counts]
) -> Iterator[tuple[str, Premium]]:
    part = part.sort("cluster", "listing_id", "month_on")
    months = part["month_on"].rank("dense").to_numpy().astype(np.int64) - 1
    controls = np.column_stack(
        [np.eye(int(months.max()) + 1)[months], hedonic_design(part.select(TRAITS)).matrix]
    )
    groups, clustered = resampled_groups(part["cluster"], part["listing_id"])
    log_price = part["log_price"].to_numpy()
    for flag, column in FLAGS.items():
        if (flag == "entrant" and side != "offer") or not part[column].any():
            continue
        # An offer that was there when watching began has an unknown age.
        known = part["is_age_known"].to_numpy() if flag == "entrant" else np.ones(part.height, dtype=bool)
        premium = flag_premium(
            log_price[known],
            part[column].cast(pl.Float64).to_numpy()[known],
            controls[known],
            groups[known],
            _accuracy(part, counts) if flag == "ai" else None,
        )
        # Only the AI flag has enough labels to correct it; a newcomer is known and not classified.
        if flag != "ai" and not np.isnan(premium.raw[0]):
            premium = replace(premium, note=None if flag == "entrant" else NOT_CORRECTED)
        if not clustered:
            premium = replace(premium, note="; ".join(filter(None, [premium.note, UNCLUSTERED])))
        yield flag, premium


def _accuracy(part: pl.DataFrame, counts: Mapping[tuple[str, str], Counts]) -> Accuracy | None:
    """How the classifier did on random listings of the text kind that most of the part has."""
    described = part["is_described"].mean()
    kind = "described" if isinstance(described, float) and described >= 0.5 else "title_only"
    found = counts.get((kind, "any_ai"))
    if found is None:
        return None
    return Accuracy(found.n_positive, found.n_true_positive, found.n_negative, found.n_true_negative)


def _figures(premium: Premium) -> dict[str, object]:
    raw, corrected = (
        [float(np.expm1(value)) if np.isfinite(value) else None for value in figures]
        for figures in (premium.raw, premium.corrected)
    )
    return {
        "n_listings": premium.n,
        "n_flagged": premium.n_flagged,
        "premium": raw[0],
        "premium_low": raw[1],
        "premium_high": raw[2],
        "corrected_premium": corrected[0],
        "corrected_low": corrected[1],
        "corrected_high": corrected[2],
        "attenuation": premium.attenuation if np.isfinite(premium.attenuation) else None,
        "verdict": _verdict(premium),
        "note": premium.note,
    }


def _verdict(premium: Premium) -> str:
    _, low, high = premium.raw
    if not np.isfinite([low, high]).all():
        return GAP
    if min(premium.n_flagged, premium.n - premium.n_flagged) < DRAWN_FROM:
        return TOO_FEW
    if low > 0:
        return HIGHER
    return LOWER if high < 0 else UNCLEAR


def _ranked(table: pl.DataFrame) -> pl.DataFrame:
    """Ranks of occupations in a half-year, as far as the Holm-adjusted intervals allow."""
    numbered = table.with_row_index("_row")
    eligible = numbered.filter(
        (pl.col("occupation") != "all") & pl.col("verdict").is_in([HIGHER, LOWER, UNCLEAR])
    )
    found: list[tuple[int, int, int]] = []
    for _, cells in eligible.group_by([*KEY, "half_year", "flag"]):
        if cells.height < 2:
            continue
        logs = np.log1p(cells["premium"].to_numpy())
        errors = (
            np.log1p(cells["premium_high"].to_numpy()) - np.log1p(cells["premium_low"].to_numpy())
        ) / 3.92
        best, worst = holm_ranks(logs, errors)
        found += list(zip(cells["_row"].to_list(), best.tolist(), worst.tolist(), strict=True))
    ranks = pl.DataFrame(
        found, schema={"_row": pl.UInt32, "rank_best": pl.Int64, "rank_worst": pl.Int64}, orient="row"
    )
    return numbered.join(ranks, on="_row", how="left").drop("_row")
