"""Reading a panel of prices and a deflator from somebody's CSV files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from babel.numbers import list_currencies

from transform.steps.deflate import DeflatorError
from transform.steps.panel import PANEL_COLUMNS, PanelError
from transform.steps.rates import cpi_us
from warehouse import home

NUMBERS = ("price", "quantity", "weight")


def read_prices(file: Path, *, regressors: bool = False) -> tuple[pl.DataFrame, str | None]:
    """Read a panel.

    Args:
        file: CSV with a header: period, item, price, optional quantity or weight, group, currency.
        regressors: Keep all further columns too, numbers as numbers.

    Returns:
        The frame for `panel.read_panel`, and the currency where a column states one.

    Raises:
        PanelError: The file cannot be read, a number is written in a way that is no number, or the currency
            is unknown or not the same in all rows.
    """
    texts = _read(file)
    for name in ("period", "item", "price"):
        if name not in texts.columns:
            raise PanelError(
                f"{file.name} has no column {name} (found: {', '.join(texts.columns)})",
                "name the columns period, item and price",
            )
    wanted = [name for name in texts.columns if name in PANEL_COLUMNS]
    frame = texts.select(_number(texts, name, file) if name in NUMBERS else pl.col(name) for name in wanted)
    if regressors:
        further = [name for name in texts.columns if name not in (*PANEL_COLUMNS, "currency")]
        frame = frame.with_columns(_regressor(texts[name]) for name in further)
    return frame, _currency(texts, file)


def read_cpi(file: Path) -> pl.DataFrame:
    """Read a deflator: columns `month` and `cpi_u`.

    Raises:
        DeflatorError: A column is missing or a value is no number.
    """
    texts = _read(file)
    if not {"month", "cpi_u"} <= set(texts.columns):
        raise DeflatorError(
            f"{file.name} needs the columns month and cpi_u (found: {', '.join(texts.columns)})"
        )
    return texts.select("month", _number(texts, "cpi_u", file))


def us_cpi() -> pl.DataFrame:
    """US consumer prices (CPI-U, all items): those refreshed on this machine, else the bundled ones."""
    published = cpi_us(home.reference())
    return published.select(month=pl.col("month_on").dt.strftime("%Y-%m"), cpi_u="cpi_u")


def _read(file: Path) -> pl.DataFrame:
    if file.is_dir():
        raise PanelError(f"{file} is a folder", "name a CSV file in it")
    if not file.exists():
        raise PanelError(f"there is no file {file}", "check the path")
    try:
        frame = pl.read_csv(file, infer_schema=False, null_values=[""])
    except pl.exceptions.NoDataError as error:
        raise PanelError(f"{file.name} is empty", "the first line names the columns") from error
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise PanelError(
            f"{file.name} cannot be read as CSV: {str(error).splitlines()[0]}",
            "save it as comma-separated text in UTF-8 with one header line",
        ) from error
    frame = frame.rename({name: name.strip().lower().lstrip("\ufeff") for name in frame.columns})
    return frame.with_columns(pl.all().str.strip_chars().replace("", None))


def _number(texts: pl.DataFrame, name: str, file: Path) -> pl.Series:
    text = texts[name]
    number = text.cast(pl.Float64, strict=False)
    wrong = (number.is_null() & text.is_not_null()).arg_true()
    if len(wrong):
        line = wrong[0] + 2
        raise PanelError(
            f"{file.name}, line {line}: the {name} {text[wrong[0]]!r} is not a number "
            f"({len(wrong)} such rows)",
            "write plain numbers with a decimal point: 1234.5",
        )
    return number


def _regressor(column: pl.Series) -> pl.Series:
    """A column of numbers becomes numbers, anything else stays text."""
    number = column.cast(pl.Float64, strict=False)
    return number if number.is_null().sum() == column.is_null().sum() else column


def _currency(texts: pl.DataFrame, file: Path) -> str | None:
    if "currency" not in texts.columns:
        return None
    codes = texts["currency"].str.to_uppercase()
    known = list_currencies()
    unknown = (~codes.is_in(list(known)) | codes.is_null()).arg_true()
    if len(unknown):
        said = texts["currency"][unknown[0]] or ""
        raise PanelError(
            f"{file.name}, line {unknown[0] + 2}: unknown currency {said!r} ({len(unknown)} such rows)",
            "use ISO 4217 codes such as USD, or drop those rows",
        )
    distinct = sorted(set(codes))
    if len(distinct) > 1:
        raise PanelError(
            f"{file.name} mixes currencies: {', '.join(distinct)}",
            "an index is computed within one currency; convert the prices or split the file",
        )
    return distinct[0] if distinct else None
