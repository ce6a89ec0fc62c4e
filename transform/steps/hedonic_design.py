"""Regressors of a hedonic model: from columns to a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scrapers.errors import GigsError
from transform.steps.panel import Floats

MOST_LEVELS = 60
MOST_COLUMNS = 250
MISSING = "(missing)"


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


def hedonic_design(regressors: pl.DataFrame) -> Design:
    """Turn columns into regressors.

    Args:
        regressors: Numeric columns (missing values get the mean and an indicator of their own), boolean and
            text columns (a missing value is a level). Constant columns carry no information and are dropped.

    Returns:
        The design.

    Raises:
        DesignError: A text column has more than `MOST_LEVELS` levels (a title is no regressor), there are
            too many columns in all, or a number is infinite.
    """
    columns: list[Floats] = []
    names: list[str] = []
    for name in regressors.columns:
        column = regressors[name]
        parts = _number(column) if column.dtype.is_numeric() else _levels(column)
        names += list(parts)
        columns += list(parts.values())
    if len(columns) > MOST_COLUMNS:
        raise DesignError(
            f"the regressors give {len(columns)} columns, more than {MOST_COLUMNS}",
            "drop the columns with many categories",
        )
    matrix = np.column_stack(columns) if columns else np.zeros((regressors.height, 0))
    return Design(matrix, names)


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


def _levels(column: pl.Series) -> dict[str, Floats]:
    text = column.cast(pl.String).fill_null(MISSING)
    counts = text.value_counts(sort=True).sort("count", column.name, descending=[True, False])
    levels = counts[column.name].to_list()
    if len(levels) > MOST_LEVELS:
        raise DesignError(
            f"the column {column.name} has {len(levels)} different texts, more than {MOST_LEVELS}",
            "a regressor is a number or a category; drop the column",
        )
    codes = text.replace_strict({level: code for code, level in enumerate(levels)}, return_dtype=pl.Int16)
    places = codes.to_numpy()
    return {
        f"{column.name}={level}": (places == code).astype(np.float64)
        for code, level in enumerate(levels)
        if code > 0
    }
