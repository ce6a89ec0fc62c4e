"""Which contract field a column of an unknown file may be: by its name, then by its values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from scrapers.imports.shapes import date_shape, is_link, money_shape

_NAMES: dict[str, tuple[str, ...]] = {
    # strongest name first; a column serves one field, a field takes one column
    "native_id": (
        r"^(?:job|gig|listing|project|post|offer|ad)?_?(?:id|uid|uuid|guid)$",
        r"ciphertext|^key$",
        r"^(?:job|gig|listing|project|projekt|auftrag|post|offer|ad|ref)?_?(?:nr|no|number|nummer|ref|code)$",
    ),
    "title": (
        r"^(?:job|gig|project|listing|post|offer)?_?(?:title|headline)$",
        r"t[ií]tulo|^titre$|^titel$|заголовок|标题|title",
        r"^(?:job|gig|project|service)_?name$|^subject$|^name$|^heading$|^nombre$|^nome$|"
        r"^(?:project|projekt|proyecto|projeto|projet|auftrag|проект)$",
    ),
    "description": (
        r"^(?:job|gig|project|full)?_?desc(?:ription)?$",
        r"descri[cpç]|beschreibung|описание|描述|desc",
        r"^(?:content|body|text|summary|details?|snippet|texto|message)$",
    ),
    "skills": (
        r"skill|habilidades|kenntnisse|f(?:ä|ae)higkeiten|compet[eê]nc|навыки",
        r"^(?:tags?|keywords?|etiquetas)",
    ),
    "subcategory_raw": (r"sub_?categ|speciali[sz]|_service_|^service$",),
    "category_raw": (r"categ|kategorie|категория|类别", r"occupation|^section$|^field$|^niche$|^industry$"),
    "bid_average_raw": (r"(?:avg|average|mean)_?bid|bid_?(?:avg|average)",),
    "bids_raw": (
        r"proposals?|^bids?$|bids?_?count|n_?bids|applicants?|propuestas|propostas|gebote|quotes",
        r"^angebote$",
    ),
    "currency_raw": (r"currency|moneda|moeda|w[aä]hrung|devise|iso_?code",),
    "price_kind_raw": (
        r"(?:price|budget|payment|pay|rate|contract|project|job|pricing)_?(?:type|kind)|hourly.?(?:or|/).?fixed",
        r"^type$|^tipo$",
    ),
    "price_raw": (
        r"^(?:price|budget|amount|precio|pre[cç]o|or[cç]amento|presupuesto|preis|prix|цена|价格)$",
        r"price|budget|precio|pre[cç]o|or[cç]amento|preis|cost|tarif",
        r"amount|(?:^|_)(?:rate|pay|payment|salary|fee|wage|reward)(?:_|$)",
    ),
    "level_raw": (r"experience|^tier$|^level$|seniority|contractor_?tier|nivel|n[ií]vel|erfahrung",),
    "duration_raw": (r"duration|project_?length|dauer|duraci|dura[cç]",),
    "delivery_raw": (r"delivery|turnaround|deadline|due_?(?:date|in)?$|lieferzeit|prazo|plazo",),
    "urgency_raw": (r"urgen",),
    "country_raw": (r"country|pa[ií]s|^land$|^pays$|страна", r"location|^city$|region"),
    "language_raw": (r"^lang(?:uage)?(?:_code)?$|idioma|sprache",),
    "observed_at": (r"scrap|crawl|collect|observ|fetch|extract(?:ed|ion)|retriev|snapshot|coleta|captur",),
    "posted_raw": (
        r"^(?:date_?)?(?:posted|published|created)|post(?:ed|ing)?_?(?:on|at|date|time)|pub_?date|publish|created",
        r"^(?:date|datetime|time|timestamp|ts|fecha|data|datum|when|posted|дата|日期)$",
        r"eingestellt|ver(?:ö|oe)ffentlicht|erstellt|publicad|publi[eé]e?|опубликован|_(?:date|datum|fecha|am)$",
    ),
    "author_level_raw": (r"(?:seller|freelancer|user|client)_?(?:level|tier|badge|status)",),
    "author_reviews_raw": (r"reviews?|(?:num|n|count)_?(?:of_)?ratings?|ratings?_?count|feedback_?count",),
    "author_rating_raw": (r"rating|stars|score|feedback|bewertung|calificaci|avalia",),
    "author_id": (
        r"(?:seller|client|author|user|freelancer|buyer|employer|owner)_?(?:id|key|hash|uid)$",
        r"^(?:seller|client|author|user|freelancer|buyer|employer|owner)(?:_?(?:name|url|link))?$|^user_?name$|^by$",
        r"^(?:kunde|auftraggeber|verk(?:ä|ae)ufer|cliente|vendedor|заказчик)$",
    ),
    "url": (r"^(?:job|gig|project|listing|post)?_?(?:url|link|href|permalink|enlace)$", r"url|link|href"),
}  # fmt: skip

_LOW = r"(?:^|[_. ])(?:min|low|from|lower|minimum)(?:$|[_. ])|Min$|(?<=[a-z])Min(?=[A-Z]|$)|^min|_low"
_HIGH = r"(?:^|[_. ])(?:max|high|to|upper|maximum)(?:$|[_. ])|Max$|(?<=[a-z])Max(?=[A-Z]|$)|^max|_high"


_NOT_ASKED = (
    r"spent|spend|earn|paid|connect|revenue|total|bid|client|tip|tax|discount|completion|success|response"
)
"""Money of another kind than what a listing asks or offers."""

_OTHER_DATES = r"deadline|due|end|expir|clos|updat|deliver|modif|frist|ende|plazo|prazo"
"""Dates of another kind than that of posting."""

_LABELS = ("name", "label", "preflabel", "prettyname", "title", "text", "value", "term")
"""Keys that hold the text of a nested list's items."""


@dataclass(frozen=True)
class Guess:
    """Columns by the contract field they may be.

    Attributes:
        fields: Contract field to column.
        low: Column of the lower end of a price in two columns, or null.
        high: Column of its higher end.
        prices: Further columns with prices, for rows where the others say nothing.
    """

    fields: dict[str, str]
    low: str | None = None
    high: str | None = None
    prices: tuple[str, ...] = ()


def guess_fields(frame: pl.DataFrame) -> Guess:
    """The contract field that each column may be; a field that nothing fits is left out.

    Args:
        frame: A sample of the file's columns as text.
    """
    full = [name for name in frame.columns if frame[name].null_count() < frame.height]
    low, high = _price_pair(frame, full)
    free = [name for name in full if name not in (low, high)]
    found: dict[str, str] = {}
    for rank in range(3):
        for field, patterns in _NAMES.items():
            if field in found or rank >= len(patterns) or (field == "price_raw" and low):
                continue
            fitting = [n for n in free if re.search(patterns[rank], _plain(n)) and _fits(field, frame[n])]
            if fitting:
                best = max(fitting, key=lambda name: _preference(field, frame[name]))
                found[field] = best
                free.remove(best)
    for field in ("description", "title"):
        if field not in found and (texts := _texts(frame, free)):
            found[field] = texts[0] if field == "description" or "description" in found else texts[-1]
            free.remove(found[field])
    dates = [name for name in free if date_shape(_said(frame[name]))]
    if "posted_raw" not in found and len(dates) == 1 and not re.search(_OTHER_DATES, _plain(dates[0])):
        found["posted_raw"] = dates[0]
        free.remove(dates[0])
    prices = [name for name in free if _is_price(frame[name])]
    if "price_raw" not in found and not low and prices:
        found["price_raw"] = prices.pop(0)
    return Guess(found, low, high, tuple(prices[:2]))


def _is_price(values: pl.Series) -> bool:
    """Whether a column that no field took holds a price: by its name, or by money with a symbol or code."""
    said, name = _said(values), _plain(values.name)
    if re.search(_NOT_ASKED, values.name.lower()) or date_shape(said):
        return False
    named = any(re.search(pattern, name) for pattern in _NAMES["price_raw"])
    return money_shape(said) == "marked" or (named and money_shape(said) is not None)


def _plain(name: str) -> str:
    """A column's name in lower case with `_` between words; of a nested list, only its items' text counts."""
    parent, _, item = name.rpartition("[].")
    if parent and item.lower() not in _LABELS:
        return ""
    leaf = (parent or name).rsplit(".", 1)[-1]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", leaf)
    return re.sub(r"[\s\-/:@]+", "_", words).strip("_").lower()


def _price_pair(frame: pl.DataFrame, names: list[str]) -> tuple[str | None, str | None]:
    about = [n for n in names if re.search(r"(?i)price|budget|rate|amount|pay|salary|cost|precio|preis", n)]
    lows = [n for n in about if re.search(_LOW, n) and money_shape(_said(frame[n]))]
    for low in lows:
        for high in about:
            if re.search(_HIGH, high) and re.sub(_LOW, "", low) == re.sub(_HIGH, "", high):
                return low, high
    return None, None


def _counts_rows(values: pl.Series) -> bool:
    """Whether an id only numbers the rows of this file."""
    numbers = values.cast(pl.Int64, strict=False)
    return (
        numbers.null_count() == 0 and numbers[0] in (0, 1) and bool((numbers.diff().drop_nulls() == 1).all())
    )


def _said(values: pl.Series) -> pl.Series:
    return values.drop_nulls().head(2_000)


def _fits(field: str, values: pl.Series) -> bool:
    said = _said(values)
    length = said.str.len_chars().mean() or 0
    if field in ("title", "description"):
        return not is_link(said) and money_shape(said) is None
    if field == "native_id":
        return values.n_unique() >= 0.5 * len(values) and not is_link(said) and not _counts_rows(values)
    if field in ("price_raw", "currency_raw") and re.search(_NOT_ASKED, values.name.lower()):
        return False
    if field == "price_raw":
        return not date_shape(said) and (
            money_shape(said) is not None or (isinstance(length, float) and length < 60)
        )
    if field == "observed_at":
        return date_shape(said) not in (None, "relative", "numeric", "words")
    if field == "posted_raw":
        return date_shape(said) is not None
    if field == "author_id":
        return not is_link(said)
    if field == "url":
        return is_link(said) or said.str.starts_with("/").mean() == 1
    return True


def _preference(field: str, values: pl.Series) -> tuple[float, float]:
    """Fuller first; of ids and links the more distinct, of texts the longer."""
    said = _said(values)
    fill = 1 - values.null_count() / max(len(values), 1)
    length = said.str.len_chars().mean()
    weight = length if field == "description" and isinstance(length, float) else said.n_unique()
    return (round(fill, 1), float(weight))


def _texts(frame: pl.DataFrame, names: list[str]) -> list[str]:
    """Columns of free text, longest first."""
    lengths = {}
    for name in names:
        said = _said(frame[name])
        length = said.str.len_chars().mean()
        is_free = said.n_unique() > 0.5 * len(said) and said.str.contains(" ").mean() > 0.5  # type: ignore[operator]
        if (
            isinstance(length, float)
            and length > 15
            and is_free
            and not is_link(said)
            and not date_shape(said)
        ):
            lengths[name] = length
    return sorted(lengths, key=lambda name: -lengths[name])
