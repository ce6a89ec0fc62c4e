"""Regressors of a hedonic model: from columns to a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrapers.errors import GigsError
from transform.steps.panel import Floats

MOST_LEVELS = 60
MOST_COLUMNS = 250
MISSING = "(missing)"
OTHER = "other"


class DesignError(GigsError):
    """Columns that cannot serve as regressors."""


@dataclass(frozen=True)
class Design:
    """Regressors without a constant and without time.

    Attributes:
        matrix: Shape (n, K). Numbers are centred and scaled to unit variance, categories are 0/1 against
            their most frequent level, so that normal equations stay well conditioned.
        names: Name of each column; `column=level` for categories.
    """

    matrix: Floats
    names: list[str]


def hedonic_design(regressors: pl.DataFrame, kept_levels: int | None = None) -> Design:
    """Turn columns into regressors.

    Args:
        regressors: Numeric columns (missing values get the mean and an indicator of their own), boolean and
            text columns (a missing value is a level). Constant columns carry no information and are dropped.
        kept_levels: A text column with more levels keeps so many, its largest; the rest is one level,
            `other`. None keeps all.

    Returns:
        The design.

    Raises:
        DesignError: A text column has more than `MOST_LEVELS` levels (a title is no regressor), there are
            too many columns in all, or a number is infinite.
    """
    parts: dict[str, NDArray[np.float64] | NDArray[np.bool_]] = {}
    for name in regressors.columns:
        column = regressors[name]
        parts |= _number(column) if column.dtype.is_numeric() else _levels(column, kept_levels)
    if len(parts) > MOST_COLUMNS:
        raise DesignError(
            f"the regressors give {len(parts)} columns, more than {MOST_COLUMNS}",
            "drop the columns with many categories",
        )
    matrix = np.empty((regressors.height, len(parts)))
    for place, values in enumerate(parts.values()):
        matrix[:, place] = values
    return Design(matrix, list(parts))


def level_type(column: pl.Series) -> pl.Enum:
    """The type that holds a column's texts as small numbers, so that parts of it need no encoding again."""
    return pl.Enum(column.drop_nulls().cast(pl.String).unique().sort())


def _number(column: pl.Series) -> dict[str, Floats]:
    values = column.cast(pl.Float64).fill_nan(None)
    if values.is_infinite().any():
        raise DesignError(f"the regressor {column.name} holds an infinite number", "mend or drop those rows")
    missing = values.is_null().to_numpy().astype(np.float64)
    mean = values.mean()
    filled = values.fill_null(mean if isinstance(mean, float) else 0.0).to_numpy()
    parts = {}
    spread = float(filled.std()) if len(filled) else 0.0
    if spread > 0:
        parts[column.name] = (filled - filled.mean()) / spread
    if 0 < missing.sum() < len(missing):
        parts[f"{column.name}={MISSING}"] = missing
    return parts


def _levels(column: pl.Series, kept_levels: int | None) -> dict[str, NDArray[np.bool_]]:
    kind = column.dtype if isinstance(column.dtype, pl.Enum) else level_type(column)
    names = [*kind.categories.to_list(), MISSING]
    codes = (
        (column if column.dtype == kind else column.cast(pl.String).cast(kind))
        .to_physical()
        .cast(pl.Int32)
        .fill_null(len(names) - 1)
        .to_numpy()
    )
    counts = np.bincount(codes, minlength=len(names)).tolist()
    levels = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], names[code]))
    if kept_levels is not None and len(levels) > kept_levels:
        rest = levels[kept_levels:]
        codes = np.where(np.isin(codes, rest), len(names), codes)
        counts.append(sum(counts[code] for code in rest))
        names.append(OTHER)
        levels = sorted(
            [*levels[:kept_levels], len(names) - 1], key=lambda code: (-counts[code], names[code])
        )
    if len(levels) > MOST_LEVELS:
        raise DesignError(
            f"the column {column.name} has {len(levels)} different texts, more than {MOST_LEVELS}",
            "a regressor is a number or a category; drop the column",
        )
    return {f"{column.name}={names[code]}": codes == code for code in levels[1:]}
