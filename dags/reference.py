"""Renewing exchange rates and consumer prices: fetched or given, checked, then put in force."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from scrapers.errors import GigsError
from transform.steps.rates import (
    CPI_FILE,
    CPI_SERIES,
    FX_FILE,
    MAX_AGE,
    ReferenceError,
    content_of,
    cpi_us,
    fx_rates,
    read_cpi,
    read_fx,
)
from warehouse import home

FX_URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
CPI_URL = "https://api.bls.gov/publicAPI/v2/timeseries/data/"
MAX_BYTES = 20_000_000
YEARS_A_QUERY = 10
"""Years that the BLS API answers at once without a registration key."""


class OfflineError(GigsError):
    """The publisher could not be reached, or did not send what was asked for."""


def client() -> httpx.Client:
    """An HTTP client that gives up in time."""
    return httpx.Client(timeout=httpx.Timeout(30, connect=10), follow_redirects=True)


def refresh_fx(file: Path | None = None, web: httpx.Client | None = None) -> dict[str, Any]:
    """Put newer ECB rates in force.

    Args:
        file: The ECB's history as a zip or CSV; None downloads it.
        web: Client to download with.

    Returns:
        title, last and last_before (dates), n_values, file.

    Raises:
        ReferenceError: The file is wrong, or older than the rates in force.
        OfflineError: It could not be downloaded.
    """
    before = fx_rates(home.reference())["published_on"].max()
    with tempfile.TemporaryDirectory() as folder:
        given = file or _fetched(web, "GET", FX_URL, Path(folder) / "eurofxref-hist.zip")
        rates = read_fx(given)
        last = rates["published_on"].max()
        _refuse_older(given, last, before, "gigs refresh fx")
        stored = _store(content_of(given), FX_FILE)
    return {
        "title": "ECB euro reference rates",
        "last": last,
        "last_before": before,
        "serves_until": last + MAX_AGE,  # type: ignore[operator]
        "n_values": rates.height,
        "file": stored,
    }


def refresh_cpi(file: Path | None = None, web: httpx.Client | None = None) -> dict[str, Any]:
    """Put newer US consumer prices in force; months that the new file lacks keep their value.

    Args:
        file: The index as CSV or the BLS API's answer; None asks the API for the years that are open.
        web: Client to download with.

    Returns:
        title, last and last_before (months), n_values, file.

    Raises:
        ReferenceError: The file is wrong, disagrees with published months, or is older.
        OfflineError: It could not be downloaded.
    """
    held = cpi_us(home.reference())
    before: date = held["month_on"][-1]
    with tempfile.TemporaryDirectory() as folder:
        query = {
            "seriesid": [CPI_SERIES],
            "startyear": str(before.year),
            "endyear": str(min(datetime.now(UTC).year, before.year + YEARS_A_QUERY - 1)),
        }
        given = file or _fetched(web, "POST", CPI_URL, Path(folder) / "bls.json", json=query)
        fresh = read_cpi(given)
    last: date = fresh["month_on"][-1]
    _refuse_older(given, last, before, "gigs refresh cpi")
    both = fresh.join(held, on="month_on", suffix="_held")
    off = both.filter((pl.col("cpi_u") / pl.col("cpi_u_held") - 1).abs() > 0.001)
    if both.height == 0 or off.height:
        where = f"in {off['month_on'][0]:%Y-%m}" if off.height else "no month in common"
        raise ReferenceError(
            f"{given.name} does not continue the index in force ({where}); CPI-U is never revised",
            f"the series is {CPI_SERIES}, not seasonally adjusted, 1982-84 = 100",
        )
    merged = pl.concat([held, fresh.join(held, on="month_on", how="anti")]).sort("month_on")
    stored = _store(merged.rename({"month_on": "month"}).write_csv().encode(), CPI_FILE)
    return {
        "title": "US CPI-U",
        "last": last,
        "last_before": before,
        "n_values": merged.height,
        "file": stored,
    }


def _refuse_older(file: Path, last: Any, before: Any, command: str) -> None:
    if last < before:
        raise ReferenceError(
            f"{file.name} ends on {last}, what is in force ends on {before}",
            f"download a newer one: {command}",
        )


def _fetched(web: httpx.Client | None, method: str, url: str, target: Path, **options: Any) -> Path:
    with web or client() as session:
        try:
            with session.stream(method, url, **options) as answer:
                answer.raise_for_status()
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise OfflineError(
                            f"{url} sends more than {MAX_BYTES:,} bytes", "pass a file by --from"
                        )
        except httpx.HTTPStatusError as error:
            raise OfflineError(
                f"{url} answered {error.response.status_code}",
                "try again later, or pass a file you already have by --from",
            ) from error
        except httpx.HTTPError as error:
            raise OfflineError(
                f"cannot reach {httpx.URL(url).host}: {error or type(error).__name__}",
                "check the network, or pass a file you already have by --from; nothing was changed",
            ) from error
    target.write_bytes(body)
    return target


def _store(content: bytes, name: str) -> Path:
    """Write the file whole or not at all."""
    folder = home.reference()
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(path).replace(folder / name)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return folder / name
