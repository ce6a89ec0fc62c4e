"""Exchange rates and consumer prices: reading, gaps, and putting newer ones in force."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import httpx
import polars as pl
import pytest
from click.testing import CliRunner

from dags.commands.refresh import command as refresh
from dags.reference import CPI_URL, FX_URL, OfflineError, refresh_cpi, refresh_fx
from transform.steps.rates import (
    CPI_SERIES,
    ReferenceError,
    cpi_months,
    cpi_us,
    daily_rates,
    fx_rates,
    read_cpi,
    read_fx,
    usd_rate,
)
from warehouse import home

FX = """Date,USD,JPY,HRK,
2026-11-09,1.25,200,N/A,
2026-11-06,1.2,N/A,7.5,
2026-11-02,1.0,100,7.5,
"""


@pytest.fixture
def fx_file(tmp_path: Path) -> Path:
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(FX, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def bundled() -> pl.DataFrame:
    return fx_rates()


def _cpi_file(tmp_path: Path, *, until: str = "2026-07", factor: float = 1.0) -> Path:
    rows = cpi_us().tail(3).select(pl.col("month_on").cast(pl.String), pl.col("cpi_u") * factor).rows()
    rows += [(f"{until}-01", 336.0 * factor)]
    file = tmp_path / "cpi.csv"
    file.write_text(
        "month,cpi_u\n" + "".join(f"{month},{value:.3f}\n" for month, value in rows), encoding="utf-8"
    )
    return file


# Reading


def test_rates_are_dollars_for_one_unit(fx_file: Path) -> None:
    rates = read_fx(fx_file)
    assert usd_rate(rates, date(2026, 11, 9), "EUR").usd_per_unit == 1.25
    assert usd_rate(rates, date(2026, 11, 9), "JPY").usd_per_unit == 1.25 / 200
    assert usd_rate(rates, date(2026, 11, 9), "USD").usd_per_unit == 1.0


def test_the_bundled_rates_agree_with_the_published_ones(bundled: pl.DataFrame) -> None:
    """2024-05-20: one euro was 1.0861 dollars and 5.559 reais (reference rates of the ECB)."""
    assert usd_rate(bundled, date(2024, 5, 20), "EUR").usd_per_unit == 1.0861
    real = usd_rate(bundled, date(2024, 5, 20), "BRL").usd_per_unit
    assert real == pytest.approx(1.0861 / 5.559, rel=1e-4)


def test_a_rate_serves_seven_days_and_then_is_stale(fx_file: Path) -> None:
    rates = read_fx(fx_file)
    friday, croatia = date(2026, 11, 6), "HRK"
    assert usd_rate(rates, date(2026, 11, 8), "EUR").published_on == friday
    assert usd_rate(rates, date(2026, 11, 13), croatia).usd_per_unit == 1.2 / 7.5
    late = usd_rate(rates, date(2026, 11, 14), croatia)
    assert (late.usd_per_unit, late.published_on, late.reason) == (None, friday, "stale_rate")


def test_no_rate_says_why(bundled: pl.DataFrame) -> None:
    assert usd_rate(bundled, date(2025, 8, 3), "PKR").reason == "no_rate"
    assert usd_rate(bundled, date(1998, 8, 3), "EUR").reason == "no_rate"
    assert usd_rate(bundled, date(2023, 6, 1), "RUB").reason == "stale_rate"
    assert usd_rate(bundled, date(2023, 6, 1), None).reason == "no_currency"
    assert usd_rate(bundled, date(2050, 6, 1), "USD").usd_per_unit == 1.0


def test_the_daily_table_says_what_the_look_up_says(fx_file: Path) -> None:
    rates = read_fx(fx_file)
    daily = {(row["day_on"], row["currency"]): row for row in daily_rates(rates).iter_rows(named=True)}
    days = pl.date_range(date(2026, 10, 25), date(2026, 11, 25), eager=True)
    for currency in ("EUR", "JPY", "HRK", "USD"):
        for day in days:
            found = usd_rate(rates, day, currency)
            row = daily.get((day, currency))
            assert (row["usd_per_unit"] if row else None) == found.usd_per_unit, (day, currency)


def test_the_daily_table_has_one_row_a_day_and_currency(bundled: pl.DataFrame) -> None:
    daily = daily_rates(bundled)
    assert daily.select("day_on", "currency").is_duplicated().sum() == 0
    assert daily.null_count().sum_horizontal()[0] == 0


def test_the_bundled_index_is_the_published_one() -> None:
    index = dict(cpi_us().rows())
    assert index[date(2024, 1, 1)] == 308.417
    assert date(2025, 10, 1) not in index


def test_months_without_a_value_are_filled_and_provisional() -> None:
    months = {row[0]: row[1:] for row in cpi_months(cpi_us(), date(2026, 8, 15)).rows()}
    filled, is_provisional = months[date(2025, 10, 1)]
    assert is_provisional
    assert filled == pytest.approx((324.8 * 324.122) ** 0.5)
    assert months[date(2026, 5, 1)] == (335.123, False)
    assert months[date(2026, 8, 1)] == (335.123, True)
    assert date(2026, 9, 1) not in months


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no CSV"),
        ("a,b\n1,2\n", "not the ECB's history"),
        ("Date,USD\n", "not the ECB's history"),
        ("Date,USD\nyesterday,1.1\n", "no date or number"),
        ("Date,USD\n2026-11-06,much\n", "no date or number"),
        ("Date,USD,JPY\n2026-11-06,1.1,-3\n", "not positive"),
    ],
)
def test_a_wrong_file_of_rates_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReferenceError, match=said):
        read_fx(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("month,price\n2026-05,335\n", "no price index"),
        ("month,cpi_u\n2026-05,a lot\n", "no month or number"),
        ("month,cpi_u\n", "no price index|empty"),
        ("month,cpi_u\n2026-04,333\n2026-05,3351\n", r"leaps by more than 5% \(first at 2026-05\)"),
        ('{"status": "REQUEST_NOT_PROCESSED", "message": ["daily limit"], "Results": {}}', "daily limit"),
        ('{"Results": {"series": [{"seriesID": "X", "data": []}]}}', "holds series X"),
        ("{", "not an answer of the BLS API"),
    ],
)
def test_a_wrong_file_of_prices_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "cpi.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReferenceError, match=said):
        read_cpi(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceError, match=r"cannot read .*nothing\.csv"):
        read_cpi(tmp_path / "nothing.csv")


# Putting in force


def _zipped(text: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("eurofxref-hist.csv", text)
    return body.getvalue()


def test_downloaded_rates_are_in_force() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == FX_URL
        return httpx.Response(200, content=_zipped(FX))

    refreshed = refresh_fx(web=httpx.Client(transport=httpx.MockTransport(answer)))
    assert refreshed["last"] == date(2026, 11, 9)
    assert fx_rates(home.reference())["published_on"].max() == date(2026, 11, 9)


def test_downloaded_prices_continue_the_index() -> None:
    asked = {}

    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == CPI_URL
        asked.update(json.loads(request.content))
        months = [
            ("2026", "M13", "330.0"),
            ("2026", "M06", "336.1"),
            ("2026", "M05", "335.123"),
            ("2026", "M07", "-"),
        ]
        data = [{"year": year, "period": period, "value": value} for year, period, value in months]
        return httpx.Response(200, json={"Results": {"series": [{"seriesID": CPI_SERIES, "data": data}]}})

    refreshed = refresh_cpi(web=httpx.Client(transport=httpx.MockTransport(answer)))
    assert asked["seriesid"] == [CPI_SERIES]
    assert asked["startyear"] == "2026"
    assert (refreshed["last_before"], refreshed["last"]) == (date(2026, 5, 1), date(2026, 6, 1))
    index = cpi_us(home.reference())
    assert index.row(-1) == (date(2026, 6, 1), 336.1)
    assert index.height == cpi_us().height + 1


@pytest.mark.parametrize("status", [404, 503])
def test_an_unwilling_publisher_changes_nothing(status: int) -> None:
    web = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(status)))
    with pytest.raises(OfflineError, match=str(status)):
        refresh_fx(web=web)
    assert not home.reference().exists()


def test_without_a_network_the_message_says_what_to_do() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    web = httpx.Client(transport=httpx.MockTransport(answer))
    with pytest.raises(OfflineError, match=r"cannot reach api.bls.gov.*\n.*--from"):
        refresh_cpi(web=web)


def test_older_rates_are_refused(fx_file: Path) -> None:
    old = fx_file.with_name("old.csv")
    old.write_text("Date,USD\n2020-01-02,1.1\n", encoding="utf-8")
    with pytest.raises(ReferenceError, match="ends on 2020-01-02"):
        refresh_fx(old)


def test_an_index_of_another_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceError, match="does not continue the index in force"):
        refresh_cpi(_cpi_file(tmp_path, factor=0.9))


def test_a_wrong_file_leaves_the_one_in_force(fx_file: Path) -> None:
    refresh_fx(fx_file)
    before = (home.reference() / "fx_ecb.csv").read_bytes()
    fx_file.write_text("Date,USD\n", encoding="utf-8")
    with pytest.raises(ReferenceError):
        refresh_fx(fx_file)
    assert (home.reference() / "fx_ecb.csv").read_bytes() == before
    assert [path.name for path in home.reference().iterdir()] == ["fx_ecb.csv"]


def test_the_command_prints_the_last_date(fx_file: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(refresh, ["fx", "--from", str(fx_file)])
    assert said.exit_code == 0
    assert "last value of 2026-11-09" in said.output
    said = CliRunner().invoke(refresh, ["cpi", "--from", str(_cpi_file(tmp_path)), "--json"])
    assert json.loads(said.output)["last"] == "2026-07-01"
