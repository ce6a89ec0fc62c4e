"""A mapping draft for an unknown file: it works as it is, and says where a person must decide."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from scrapers.imports.profile import Profile, list_form
from scrapers.imports.shapes import date_shape, day_order, has_entities, has_markup
from scrapers.listing import BY_NAME

_PLATFORMS = {
    "upwork.com": "upwork", "fiverr.com": "fiverr", "freelancer.": "freelancer", "workana.com": "workana",
    "peopleperhour.com": "peopleperhour", "guru.com": "guru", "fastwork.": "fastwork", "malt.": "malt",
    "toptal.com": "toptal", "contra.com": "contra",
}  # fmt: skip
_FORMS = ("upwork", "workana", "freelancer", "fiverr", "peopleperhour", "guru")
_DOLLAR_SITES = ("upwork",)
_TIMES = {"iso": "iso", "epoch": "epoch", "epoch_ms": "epoch_ms", "rfc2822": "%a, %d %b %Y %H:%M:%S %z"}
_FILE_DATE = re.compile(r"(20\d\d)([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])")
_TEXT_FIELDS = ("title", "description", "category_raw", "subcategory_raw")


def draft(found: Profile, name: str) -> str:
    """The TOML of a mapping for the file, with a comment at each decision.

    Args:
        found: The file's profile.
        name: Name of the dataset.
    """
    fields = _fields(found, _platform(found) or "")
    parts = [
        f"# Draft for {Path(found.file).name}: {found.n_records:,} records, {len(found.columns)} columns.",
        "# It can be used as it is. Lines marked DECIDE ask for what the file cannot say.",
        "",
        *_source(found, name),
        "",
        *_file(found),
        "",
        "[fields]",
        *fields,
        "",
        *_left(found),
    ]
    return "\n".join(parts) + "\n"


def _platform(found: Profile) -> str | None:
    column = found.guess.fields.get("url")
    links = " ".join(found.sample[column].drop_nulls().head(50)) if column else ""
    return next((key for host, key in _PLATFORMS.items() if host in links), None)


def _source(found: Profile, name: str) -> list[str]:
    platform = _platform(found)
    side = _side(found)
    lines = [
        "[source]",
        f"title = {_toml(name.replace('_', ' ').capitalize())}",
        f"platform = {_toml(platform or name)}"
        + ("" if platform else "  # DECIDE: the marketplace, the same in all its datasets"),
        f'side = "{side}"  # DECIDE: "request" (clients\' jobs) or "offer" (freelancers\' services)',
        'engagement = "gig"  # DECIDE: "gig", "contract", "employment" or "unknown"',
        'frame = "unknown"  # DECIDE: "full" (the whole market) or "query" (one search: add frame_query)',
    ]
    return lines + _money_facts(found, platform) + _date_facts(found)


def _side(found: Profile) -> str:
    title = found.guess.fields.get("title")
    if title and found.sample[title].str.contains(r"(?i)^\s*I(?: will|'ll| can)\b").mean() > 0.3:  # type: ignore[operator]
        return "offer"
    names = " ".join(found.sample.columns).lower()
    return "offer" if re.search(r"\bgig|seller|freelancer_|package", names) else "request"


def _money_facts(found: Profile, platform: str | None) -> list[str]:
    if "currency_raw" in found.guess.fields:
        return []
    columns = [found.guess.low or found.guess.fields.get("price_raw"), found.guess.high]
    stated = next(
        (
            code
            for name in columns
            if name
            for code in re.findall(r"(?i)(?:^|_)(usd|eur|gbp|inr)(?:_|$)", name)
        ),
        None,
    )
    if stated:
        return [f'currency = "{stated.upper()}"  # the column\'s name says so']
    if platform in _DOLLAR_SITES:
        return ['currency = "USD"']
    return ['# currency = "USD"  # DECIDE: of prices without a code; a bare $ is not taken for US dollars']


def _date_facts(found: Profile) -> list[str]:
    column = found.guess.fields.get("posted_raw")
    if not column or date_shape(found.sample[column].drop_nulls()) != "numeric":
        return []
    order = day_order(found.sample[column].drop_nulls())
    if order:
        return [f'date_order = "{order}"']
    return ['# date_order = "DMY"  # DECIDE: no date of the file tells day from month']


def _file(found: Profile) -> list[str]:
    options = found.options
    lines = ["[file]", f'format = "{options.format}"']
    lines += [
        f"{key} = {_toml(value)}"
        for key in ("delimiter", "path", "table")
        if (value := getattr(options, key))
    ]
    if options.encoding and options.encoding not in ("utf-8", "ascii"):
        lines.append(f"encoding = {_toml(options.encoding)}")
    if len(found.choices) > 1:
        lines.append(f"# DECIDE: records are at {'; '.join(found.choices)}")
    if _needs_file_date(found):
        lines.append(f"name = '{_file_date_pattern(found)}'")
    return lines


def _needs_file_date(found: Profile) -> bool:
    return "observed_at" not in found.guess.fields and bool(_FILE_DATE.search(Path(found.file).name))


def _file_date_pattern(found: Profile) -> str:
    match = _FILE_DATE.search(Path(found.file).name)
    mark = match.group(2) if match else "-"
    return rf"(?P<year>20\d\d){mark}(?P<month>\d\d){mark}(?P<day>\d\d)"


def _fields(found: Profile, platform: str) -> list[str]:
    guess = dict(found.guess.fields)
    rules: dict[str, str] = {}
    for field in BY_NAME:
        if field in guess:
            rules[field] = _rule(field, guess[field], found)
    rules |= _identity(found, platform)
    if _side(found) == "offer" and "level_raw" in rules and "author_level_raw" not in rules:
        rules["author_level_raw"] = rules.pop("level_raw")  # of offers, the level is the seller's
    rules |= _price(found, rules.get("price_raw"))
    if platform == "fiverr":
        rules.pop("url", None)  # the link names the seller
    lines = [f"{field} = {rules[field]}" for field in BY_NAME if field in rules]
    if "native_id" not in rules:
        lines.append("# No column is an id, so what a listing says is its identity.")
    if "observed_at" not in rules:
        lines.append(_observed(found))
    if not {"title", "description"} & set(rules):
        lines.append('# DECIDE: title = "..."  (no column looks like a title or a description)')
    return lines


def _price(found: Profile, single: str | None) -> dict[str, str]:
    """The price from all columns that hold one: the first that says something counts."""
    low, high = found.guess.low, found.guess.high
    columns = [_toml(name) for name in (low, high, *found.guess.prices) if name]
    if low:
        columns.insert(0, f"{{ template = {_toml(f'{{{low}}} - {{{high}}}')} }}")
    if single:
        columns.insert(0, single)
    if not columns:
        return {}
    return {"price_raw": columns[0] if len(columns) == 1 else f"[{', '.join(columns)}]"}


def _identity(found: Profile, platform: str) -> dict[str, str]:
    guess = found.guess.fields
    form = platform if platform in _FORMS else None
    if "native_id" in guess:
        if form in ("upwork", "freelancer", "workana"):
            return {"native_id": f"{{ column = {_toml(guess['native_id'])}, id_of = {_toml(form)} }}"}
        return {}
    links = found.sample[guess["url"]].drop_nulls() if "url" in guess else None
    if links is not None and links.n_unique() >= len(links) / 2:  # else they are links of sellers or searches
        return {"native_id": f"{{ column = {_toml(guess['url'])}, id_of = {_toml(form or 'link')} }}"}
    return {}


def _rule(field: str, column: str, found: Profile) -> str:
    values = found.sample[column].drop_nulls()
    verbs = ""
    if field in _TEXT_FIELDS:
        verbs = (
            ', text = "html"' if has_markup(values) else ', text = "entities"' if has_entities(values) else ""
        )
    elif field == "skills":
        verbs = f", split = {_toml(list_form(values) or ',')}"
    elif field == "observed_at":
        verbs = f", time = {_toml(_TIMES[date_shape(values) or 'iso'])}"
    return f"{{ column = {_toml(column)}{verbs} }}" if verbs else _toml(column)


def _observed(found: Profile) -> str:
    if _needs_file_date(found):
        return 'observed_at = { template = "{year}-{month}-{day}T12:00:00Z" }  # the date in the file\'s name'
    posted = found.guess.fields.get("posted_raw")
    is_relative = posted and date_shape(found.sample[posted].drop_nulls()) == "relative"
    saved = datetime.fromtimestamp(Path(found.file).stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = f'observed_at = {{ value = "{saved}" }}  # DECIDE: the file\'s own date; when was it collected?'
    return line if is_relative or _side(found) == "offer" else f"# {line}"


def _left(found: Profile) -> list[str]:
    used = {*found.guess.fields.values(), found.guess.low, found.guess.high, *found.guess.prices}
    left = [item for item in found.columns if item.name not in used and item.filled]
    if not left:
        return []
    return ["# Columns that no field takes:"] + [
        f"#   {item.name}  ({item.filled:.0%} filled{', money' if item.money == 'marked' else ''})"
        for item in left
    ]


def _toml(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


def fits(batch_listings: pl.DataFrame) -> list[str]:
    """Contract fields that a converted sample fills, in the contract's order."""
    return [name for name in BY_NAME if batch_listings[name].null_count() < batch_listings.height]
