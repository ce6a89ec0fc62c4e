"""The readers on every distinct text of the real listings: each reads, or says why not."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrapers.errors import GigsError
from scrapers.imports.convert import batches
from scrapers.imports.mapping import Mapping
from transform.steps.counts import read_count
from transform.steps.dates import read_date
from transform.steps.durations import read_days
from transform.steps.money import METHODS, REASONS, read_price

pytestmark = pytest.mark.real
DATASETS = Path(__file__).parents[1] / "scrapers" / "datasets"
TEXTS = [
    "price_raw",
    "price_kind_raw",
    "currency_raw",
    "posted_raw",
    "duration_raw",
    "delivery_raw",
    "bids_raw",
    "author_reviews_raw",
]


def _frames(folder: Path) -> Iterator[pl.DataFrame]:
    name = folder.name
    file = DATASETS / f"{name}.toml"
    if not file.exists():
        return
    mapping = Mapping(name, file.read_text(encoding="utf-8"), str(file))
    if mapping.kind != "listings":
        return
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        try:
            plan = mapping.for_file(path.name)
        except GigsError:
            continue
        facts = {"dataset": name, "currency": plan.source.currency, "locale": plan.source.locale}
        facts |= {"date_order": plan.source.date_order, "time_zone": plan.source.time_zone}
        for batch in batches(path, plan):
            said = batch.listings.select(pl.col(TEXTS).cast(pl.String))
            yield said.with_columns(pl.lit(value, pl.String).alias(key) for key, value in facts.items())


@lru_cache(maxsize=1)
def _texts(shared: Path) -> pl.DataFrame:
    folders = sorted(path for path in (shared / "data" / "listings").iterdir() if path.is_dir())
    frames = [frame for folder in folders for frame in _frames(folder)]
    return pl.concat(frames).group_by(pl.all()).len("n")


def _tally(rows: pl.DataFrame, read: Any, *columns: str) -> Counter[tuple[str, Any]]:
    found: Counter[tuple[str, Any]] = Counter()
    for dataset, n, *values in rows.select("dataset", "n", *columns).iter_rows():
        found[dataset, read(*values)] += n
    return found


def _show(title: str, found: Counter[tuple[str, Any]]) -> None:
    print(f"\n{title}")
    for (dataset, what), n in sorted(found.items(), key=lambda item: (item[0][0], -item[1])):
        print(f"  {dataset:28} {n:7,}  {what}")


def test_every_real_price_reads_or_has_a_reason(shared: Path) -> None:
    columns = ("price_raw", "price_kind_raw", "currency_raw", "currency", "locale")

    def read(*said: str | None) -> tuple[str, str | None]:
        price = read_price(*said)
        assert price.method in METHODS and (price.reason is None or price.reason in REASONS), said
        return price.method, price.reason

    found = _tally(_texts(shared).filter(pl.col("price_raw").is_not_null()), read, *columns)
    _show("Prices by dataset, method and reason", found)
    n = sum(found.values())
    unclear = sum(n for (_, (_, reason)), n in found.items() if reason in ("ambiguous", "conflict"))
    assert n > 39_000
    assert unclear / n < 0.001


def test_workanas_two_number_formats_read_alike(shared: Path) -> None:
    said = _texts(shared).filter(pl.col("dataset").str.contains("workana|jfnebel"))["price_raw"].to_list()
    thousands = {
        text for text in said if (text and "1,000 - 3,000" in text) or (text and "1.000 - 3.000" in text)
    }
    assert len(thousands) >= 2
    for text in thousands:
        for locale in (None, "es", "pt", "en"):
            price = read_price(text, None, None, "USD", locale)
            assert (price.low, price.high, price.currency) == (1000, 3000, "USD"), text


def test_rupee_prices_keep_their_currency(shared: Path) -> None:
    rows = _texts(shared).filter(pl.col("dataset") == "fiverr_cheto")
    prices = [read_price(text, None, None, None, None) for text in rows["price_raw"].to_list()]
    assert {price.currency for price in prices} == {"PKR"}
    assert rows["n"].sum() == 888


def test_every_real_date_reads_or_has_a_reason(shared: Path) -> None:
    columns = ("posted_raw", "date_order", "time_zone", "locale")

    def read(*said: str | None) -> tuple[str, str, str | None]:
        found = read_date(*said)
        kind = "at" if found.at else "before the observation" if found.offset is not None else "none"
        return kind, found.precision, found.reason

    found = _tally(_texts(shared).filter(pl.col("posted_raw").is_not_null()), read, *columns)
    _show("Dates by dataset", found)
    assert {what[2] for _, what in found} <= {None, "deadline", "no_time_zone", "empty", "not_a_date"}
    lost = sum(n for (_, what), n in found.items() if what[2] == "not_a_date")
    assert lost / sum(found.values()) < 0.001


@pytest.mark.parametrize("column", ["duration_raw", "delivery_raw"])
def test_every_real_duration_reads_or_has_a_reason(shared: Path, column: str) -> None:
    found = _tally(
        _texts(shared).filter(pl.col(column).is_not_null()),
        lambda text: read_days(text)[2] or "read",
        column,
    )
    _show(f"{column} by dataset", found)
    wrong = sum(n for (_, what), n in found.items() if what in ("ambiguous", "no_duration"))
    assert wrong <= 0.001 * sum(found.values())


@pytest.mark.parametrize("column", ["bids_raw", "author_reviews_raw"])
def test_every_real_count_reads(shared: Path, column: str) -> None:
    rows = _texts(shared).filter(pl.col(column).is_not_null())
    unread = [text for text in rows[column].unique().to_list() if read_count(text) == (None, None)]
    print(f"\n{column}: {rows['n'].sum():,} texts, {rows[column].n_unique():,} distinct, unread {unread[:8]}")
    assert len(unread) <= 1
