"""How one field is made from the columns of a file: the verbs of a mapping.

A field is a column's name, a table of verbs, or a list of such (the first that gives something counts):

    title = "titulo"
    price_raw = [{ column = "fixed" }, { template = "{low} - {high}" }]

The verbs, in the order in which they work:

    column      name of a column, or a list of names: the first that is not null
    template    text with {column}s; null where one of them is null
    value       a constant (text or true/false)
    when        { column = "text" } or { column = ["a", "b"] }: elsewhere the field is null
    optional    true: the file may lack the columns
    null        further texts that mean nothing, as a list
    replace     { "regular expression" = "text" }: every match is replaced, in this order
    extract     regular expression; the first group is kept, no match is null
    values      { "from" = "to" }: whole texts replaced, others kept
    mojibake    true: broken encodings are mended
    text        "html": tags and entities to text; "entities": entities only
    split       separator such as ",", or "json" or "python" for a written list: becomes a list of texts
    id_of       platform whose native id is in the text (`upwork`, `workana`, ...; `link`, `number`)
    time        format of a time, such as "%Y-%m-%d", or "iso", "epoch", "epoch_ms": becomes UTC
    zone        zone of a time without one, such as "America/Sao_Paulo"
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import polars as pl

from scrapers.errors import ConfigError, GigsError
from scrapers.imports.identity import PLATFORM_IDS, native_id
from scrapers.imports.texts import mended, plain_entities, plain_html


class MissingColumnError(GigsError):
    """A file lacks columns that its mapping needs.

    Args:
        field: The field that is made from them.
        missing: Their names.
    """

    def __init__(self, field: str, missing: list[str]) -> None:
        super().__init__(
            f"{field} is made from a column that the file lacks: {', '.join(missing)}",
            "correct the column in the mapping, or add `optional = true` to the rule",
        )


_SLOT = re.compile(r"\{([^{}]+)\}")
_LIST_FORMS = ("json", "python")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One way to make a field; the attributes are the verbs of the module's description."""

    column: tuple[str, ...] = ()
    template: str | None = None
    value: str | bool | None = None
    when: dict[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = False
    null: tuple[str, ...] = ()
    replace: dict[str, str] = field(default_factory=dict)
    extract: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    mojibake: bool = False
    text: str | None = None
    split: str | None = None
    id_of: str | None = None
    time: str | None = None
    zone: str = "UTC"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the rule reads."""
        slots = _SLOT.findall(self.template) if self.template else []
        return (*self.column, *slots, *self.when)

    def missing(self, present: set[str]) -> list[str]:
        """Columns without which the rule cannot work; of alternatives, one is enough."""
        needed = [name for name in self.columns if name not in self.column]
        lost = [name for name in needed if name not in present]
        if self.column and not present.intersection(self.column):
            lost += self.column
        return lost


def suggestion(name: str, known: Any) -> str:
    """A hint that names the closest known spelling, or all of them."""
    close = get_close_matches(name, list(known), 1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"


def parse_rules(said: Any, where: str) -> tuple[Rule, ...]:
    """Rules of one field from what its TOML says.

    Args:
        said: A column's name, a table of verbs, or a list of those.
        where: File and key, for messages.

    Raises:
        ConfigError: An unknown verb, or a value that does not fit it.
    """
    if isinstance(said, list):
        return tuple(_parse_rule(item, where) for item in said)
    return (_parse_rule(said, where),)


_TUPLES = ("column", "null")
_KINDS: dict[str, type | tuple[type, ...]] = {
    "column": (str, list), "null": list, "replace": dict, "template": str, "value": (str, bool),
    "when": dict, "values": dict, "optional": bool, "mojibake": bool,
}  # fmt: skip


def _parse_rule(said: Any, where: str) -> Rule:
    if isinstance(said, str):
        return Rule(column=(said,))
    if not isinstance(said, dict):
        raise ConfigError(f"{where}: {said!r} is no rule", 'write a column\'s name or { value = "..." }')
    for verb, value in said.items():
        if verb not in Rule.__dataclass_fields__:
            raise ConfigError(f"{where}: unknown verb {verb!r}", suggestion(verb, Rule.__dataclass_fields__))
        if not isinstance(value, _KINDS.get(verb, str)):
            raise ConfigError(f"{where}.{verb}: {value!r} is of the wrong type", "see the verbs of a mapping")
    if sum(verb in said for verb in ("column", "template", "value")) != 1:
        raise ConfigError(f"{where}: a rule needs one of column, template, value", "write exactly one")
    rule = Rule(**{verb: _frozen(verb, value) for verb, value in said.items()})
    _check(rule, where)
    return rule


def _frozen(verb: str, value: Any) -> Any:
    if verb in _TUPLES:
        return (value,) if isinstance(value, str) else tuple(str(item) for item in value)
    if verb == "when":
        return {name: tuple(item) if isinstance(item, list) else (str(item),) for name, item in value.items()}
    return value


def _check(rule: Rule, where: str) -> None:
    for verb, allowed in (("text", ("html", "entities")), ("id_of", PLATFORM_IDS)):
        said = getattr(rule, verb)
        if said is not None and said not in allowed:
            raise ConfigError(f"{where}.{verb}: {said!r} is unknown", suggestion(said, allowed))
    for pattern in (*rule.replace, *((rule.extract,) if rule.extract else ())):
        try:
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError:
            raise ConfigError(f"{where}: {pattern!r} is no regular expression", "see docs.rs/regex") from None
    if rule.extract and re.compile(rule.extract).groups < 1:
        raise ConfigError(f"{where}.extract: {rule.extract!r} has no group", "put ( ) around what is kept")
    if rule.zone != "UTC":
        try:
            pl.Series([0]).cast(pl.Datetime("us", rule.zone))
        except pl.exceptions.PolarsError:
            raise ConfigError(f"{where}.zone: {rule.zone!r} is no time zone", "use an IANA name") from None


def field_expr(
    name: str, rules: tuple[Rule, ...], schema: pl.Schema, null: tuple[str, ...]
) -> pl.Expr | None:
    """Expression of one field over a chunk's columns; null where only optional columns are missing.

    Args:
        name: The field, for messages.
        rules: Its rules; the first that gives something counts.
        schema: Columns that the chunk has.
        null: Texts that mean nothing in the whole file.

    Raises:
        MissingColumnError: Columns that a rule needs are not there.
    """
    found = []
    for rule in rules:
        if not rule.missing(set(schema)):
            found.append(_rule_expr(rule, schema, null))
        elif not rule.optional:
            raise MissingColumnError(name, rule.missing(set(schema)))
    return pl.coalesce(found) if found else None


def _rule_expr(rule: Rule, schema: pl.Schema, null: tuple[str, ...]) -> pl.Expr:
    nulls = ["", *null, *rule.null]
    if isinstance(rule.value, bool):
        return _only_when(rule, pl.lit(rule.value), nulls)
    if rule.value is not None:
        expr = pl.repeat(rule.value, pl.len(), dtype=pl.String)
    elif rule.template:
        parts = _SLOT.split(rule.template)  # text and column names take turns
        pieces = [
            _said(part, nulls) if position % 2 else pl.lit(part)
            for position, part in enumerate(parts)
            if part
        ]
        expr = pl.concat_str(pieces)
    else:
        columns = [name for name in rule.column if name in schema]
        if isinstance(schema[columns[0]], pl.List) or schema[columns[0]] == pl.Datetime:
            return _only_when(rule, _typed(schema[columns[0]], columns[0], rule), nulls)
        expr = pl.coalesce([_said(name, nulls) for name in columns])
    return _only_when(rule, _worked(rule, expr), nulls)


def _said(name: str, nulls: list[str]) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(~text.is_in(nulls)).then(text)


def _typed(kind: pl.DataType, name: str, rule: Rule) -> pl.Expr:
    if isinstance(kind, pl.List):
        return pl.col(name)
    zoned = pl.col(name)
    if isinstance(kind, pl.Datetime) and kind.time_zone is None:
        zoned = zoned.dt.replace_time_zone(rule.zone, ambiguous="earliest", non_existent="null")
    zoned = zoned.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    return zoned if rule.time else zoned.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")


def _only_when(rule: Rule, expr: pl.Expr, nulls: list[str]) -> pl.Expr:
    for name, texts in rule.when.items():
        expr = pl.when(_said(name, nulls).is_in(texts)).then(expr)
    return expr


def _worked(rule: Rule, text: pl.Expr) -> pl.Expr:
    for pattern, replacement in rule.replace.items():
        text = text.str.replace_all(pattern, replacement)
    if rule.extract:
        text = text.str.extract(rule.extract)
    if rule.values:
        text = text.replace(rule.values)
    if rule.mojibake:
        text = mended(text)
    if rule.text:
        text = plain_html(text) if rule.text == "html" else plain_entities(text)
    if rule.split:
        return _split(text, rule.split)
    if rule.id_of:
        return native_id(text, rule.id_of)
    if rule.time:
        return _time(text, rule.time, rule.zone)
    text = text.str.strip_chars()
    return pl.when(text != "").then(text)


def _split(text: pl.Expr, form: str) -> pl.Expr:
    if form in _LIST_FORMS:
        return text.map_batches(lambda said: _written_lists(said, form), return_dtype=pl.List(pl.String))
    item = pl.element().str.strip_chars()
    return text.str.split(form).list.eval(item.filter(item != ""))


def _written_lists(said: pl.Series, form: str) -> pl.Series:
    """Lists from their written form, each distinct text read once; what is no list is one item."""
    known = said.drop_nulls().unique()
    try:
        lists = known.str.json_decode(pl.List(pl.String)) if form == "json" else None
    except pl.exceptions.ComputeError:
        lists = None  # one text is no JSON list of scalars: read them one by one
    if lists is None:
        lists = pl.Series([_read_list(text, form) for text in known], dtype=pl.List(pl.String))
    item = pl.element().str.strip_chars()
    read = pl.DataFrame({"said": known, "list": lists}).with_columns(
        pl.col("list").list.eval(item.filter(item != ""))
    )
    return pl.DataFrame({"said": said}).join(read, on="said", how="left", maintain_order="left")["list"]


def _read_list(text: str, form: str) -> list[str]:
    try:
        found = json.loads(text) if form == "json" else ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        found = text
    items = found if isinstance(found, list | tuple) else [found]
    return [str(item) for item in items if item is not None]


def _time(text: pl.Expr, form: str, zone: str) -> pl.Expr:
    """Expression: a time in UTC; each distinct text is read once, and null is what cannot be read."""
    if form in ("epoch", "epoch_ms"):
        scale = 1_000_000 if form == "epoch" else 1_000
        micros = (text.cast(pl.Float64, strict=False) * scale).cast(pl.Int64, strict=False)
        return micros.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    forms = _ISO_FORMS if form == "iso" else (form,)

    def read(said: pl.Series) -> pl.Series:
        known = said.drop_nulls().unique()
        plain = _with_offset(known) if form == "iso" else known
        times = pl.Series([None] * len(known), dtype=_UTC)
        for item in forms:
            if times.null_count():
                times = times.fill_null(_read_times(plain, item, zone))
        return said.replace_strict(known, times, default=None, return_dtype=_UTC)

    return text.map_batches(read, return_dtype=_UTC)


_UTC = pl.Datetime("us", "UTC")
_ISO_FORMS = (
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
)


def _with_offset(texts: pl.Series) -> pl.Series:
    """ISO 8601 in one spelling: `T` before the hour, `+00:00` for `Z`."""
    return texts.str.replace(" ", "T", literal=True).str.replace(r"[Zz]$", "+00:00")


def _read_times(texts: pl.Series, form: str, zone: str) -> pl.Series:
    local = texts.str.to_datetime(form, time_unit="us", strict=False)
    if "%z" not in form:
        local = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")
