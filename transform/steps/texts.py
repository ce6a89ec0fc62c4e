"""Texts read in bulk: each distinct text once, and again only when its parser has a new version.

The dbt models `int_price_texts`, `int_date_texts`, `int_duration_texts` and `int_count_texts` call these
functions; the readers themselves (`read_price` and its like) know one text at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import polars as pl

from transform.steps import counts, dates, durations, money

_PRICE_SCHEMA: dict[str, Any] = {
    "price_text_id": pl.String,
    "price_low": pl.Float64,
    "price_high": pl.Float64,
    "currency": pl.String,
    "pay_unit": pl.String,
    "is_from": pl.Boolean,
    "is_negotiable": pl.Boolean,
    "price_method": pl.String,
    "price_reason": pl.String,
    "parser_version": pl.String,
}
_DATE_SCHEMA: dict[str, Any] = {
    "date_text_id": pl.String,
    "said_at": pl.Datetime("us"),
    "offset_seconds": pl.Int64,
    "posted_precision": pl.String,
    "date_reason": pl.String,
    "parser_version": pl.String,
}
_DURATION_SCHEMA: dict[str, Any] = {
    "duration_text": pl.String,
    "low_days": pl.Float64,
    "high_days": pl.Float64,
    "duration_reason": pl.String,
    "parser_version": pl.String,
}
_COUNT_SCHEMA: dict[str, Any] = {
    "count_text": pl.String,
    "count_low": pl.Int64,
    "count_high": pl.Int64,
    "parser_version": pl.String,
}

VERSIONS: dict[str, str] = {
    "price_text_id": money.PARSER_VERSION,
    "date_text_id": dates.PARSER_VERSION,
    "duration_text": durations.PARSER_VERSION,
    "count_text": counts.PARSER_VERSION,
}
"""The parser version that each table of read texts is made with, by its key column."""


def unread(dbt: Any, session: Any, keys: Any, *, key: str) -> pl.DataFrame:
    """The distinct texts that today's parser has not read yet.

    Args:
        dbt: dbt's context of the incremental Python model that holds the read texts.
        session: Its DuckDB connection.
        keys: Relation of all distinct texts.
        key: Column that identifies a text; also chooses the parser whose version counts.
    """
    if not dbt.is_incremental:
        return pl.DataFrame(keys.to_arrow_table())
    done = session.sql(f"select {key} from {dbt.this} where parser_version = '{VERSIONS[key]}'")
    return pl.DataFrame(keys.to_arrow_table()).join(pl.DataFrame(done.to_arrow_table()), on=key, how="anti")


def _read(
    keys: pl.DataFrame,
    schema: dict[str, Any],
    arguments: Sequence[str],
    read: Callable[..., tuple[Any, ...]],
) -> pl.DataFrame:
    """Key column, what `read` says of each row's arguments, and the parser's version."""
    key, version = next(iter(schema)), VERSIONS[next(iter(schema))]
    rows = [
        (text_id, *read(*values), version)
        for text_id, *values in keys.select(pl.col(key).alias("_key"), *arguments).iter_rows()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


_FACTS = attrgetter("low", "high", "currency", "pay_unit", "is_from", "is_negotiable", "method", "reason")


def read_price_texts(keys: pl.DataFrame) -> pl.DataFrame:
    """Prices of distinct texts; `keys` has price_text_id and the five arguments of `read_price`."""
    arguments = ["price_raw", "price_kind_raw", "currency_raw", "source_currency", "source_locale"]
    return _read(keys, _PRICE_SCHEMA, arguments, lambda *said: _FACTS(money.read_price(*said)))


def _date(text: str, order: str | None, zone: str | None, locale: str | None) -> tuple[Any, ...]:
    found = dates.read_date(text, order, zone, locale)
    at = found.at.replace(tzinfo=None) if found.at else None
    offset = round(found.offset.total_seconds()) if found.offset is not None else None
    return at, offset, found.precision, found.reason


def read_date_texts(keys: pl.DataFrame) -> pl.DataFrame:
    """Dates of distinct texts (UTC), or seconds before the observation; `keys` has the four arguments."""
    return _read(keys, _DATE_SCHEMA, ["posted_raw", "date_order", "time_zone", "locale"], _date)


def read_duration_texts(keys: pl.DataFrame) -> pl.DataFrame:
    """Days that distinct texts name; `keys` has duration_text."""
    return _read(keys, _DURATION_SCHEMA, ["duration_text"], durations.read_days)


def read_count_texts(keys: pl.DataFrame) -> pl.DataFrame:
    """Counts that distinct texts name; `keys` has count_text."""
    return _read(keys, _COUNT_SCHEMA, ["count_text"], counts.read_count)
