"""Rows of the mart `price_cells`: medians with their intervals and a verdict."""

from __future__ import annotations

import polars as pl

from transform.steps.medians import monthly_medians
from transform.steps.verdict import adequacy


def price_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Medians, quartiles and verdicts of cells.

    Args:
        cells: Keys, `prices_usd` (sorted prices in the cell's currency), `n_ranges`, `n_menu` and `to_base`
            (what turns the period's dollars into those of the base year; null for other currencies).

    Returns:
        Keys, n_listings, median with bounds, quartiles, the same median in real dollars, shares of prices
        that were read from ranges and menus, and the verdict. Cells below 10 prices are left out.
    """
    table = monthly_medians(cells).rename(
        {
            "median_usd": "median",
            "median_low_usd": "median_low",
            "median_high_usd": "median_high",
            "p25_usd": "p25",
            "p75_usd": "p75",
        }
    )
    return table.with_columns(
        median_real=pl.col("median") * pl.col("to_base"),
        range_share=pl.col("n_ranges") / pl.col("n_listings"),
        menu_share=pl.col("n_menu") / pl.col("n_listings"),
        verdict=adequacy("median", "median_low", "median_high", "n_listings"),
    ).drop("n_ranges", "n_menu", "to_base")
