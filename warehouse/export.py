"""Tables that leave the house: CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import polars as pl

_FORMULA = r"^[=+\-@\t\r]"


def as_csv(frame: pl.DataFrame) -> str:
    """CSV text; cells of text that begin like a formula get a leading apostrophe, numbers stay numbers.

    Lists are joined by `|`, structures are JSON.
    """
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.List):
            column = column.cast(pl.List(pl.String)).list.join("|")
        elif isinstance(kind, pl.Struct):
            column = column.struct.json_encode()
        elif kind != pl.String:
            columns.append(column)
            continue
        columns.append(
            pl.when(column.str.contains(_FORMULA)).then(pl.lit("'") + column).otherwise(column).alias(name)
        )
    return frame.select(columns).write_csv()
