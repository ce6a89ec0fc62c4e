"""From a file's columns to batches of the contract: vectorised, and every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from scrapers.batch import REJECT_SCHEMA, SCHEMA, Batch
from scrapers.errors import ConfigError, GigsError
from scrapers.imports.chunks import LINE, Chunk
from scrapers.imports.mapping import Plan
from scrapers.imports.reading import read
from scrapers.imports.rules import MissingColumnError, Rule, field_expr
from scrapers.listing import BY_NAME, FIELDS
from scrapers.source import Source

MAX_BYTES = 1_000_000
"""Longest text of a field: a longer one is a damaged record."""

_SAYS_THE_WORK = ("title", "description", "category_raw")
_TRUE, _FALSE = ("true", "1", "yes", "t"), ("false", "0", "no", "f")
_TIMES = ("observed_at",)
_SAID = " as said"


def batches(path: Path, plan: Plan) -> Iterator[Batch]:
    """Read a file and yield its listings and rejects, a chunk at a time.

    A record is rejected when a required field is missing, a value is none of its choices, a time cannot be
    read, a text is absurdly long, or nothing says what the work is. Its line and reason are kept.

    Raises:
        GigsError: The file cannot be read, lacks a mapped column, or holds no record at all.
    """
    seen: set[str] = set()
    n_seen = 0
    for chunk in read(path, plan.file, plan.columns):
        absent = seen - set(chunk.frame.columns)  # a key that some records of a document lack
        frame = chunk.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in sorted(absent))
        seen |= set(frame.columns)
        try:
            batch = convert(Chunk(frame, chunk.rejects), plan)
        except MissingColumnError as error:
            raise lacking(path, plan, error) from None
        n_seen += batch.n_seen
        yield batch
    if not n_seen:
        raise GigsError(f"{path} holds no record", "check it with `gigs inspect`; nothing was imported")


def lacking(path: Path, plan: Plan, error: MissingColumnError) -> GigsError:
    """The error of a file without a mapped column, with the columns that it has."""
    first = next(read(path, plan.file)).frame.columns
    there = ", ".join(name for name in first if name != LINE)
    return GigsError(f"{path}: {error.message}\n  Columns in it: {there}", error.hint)


def convert(chunk: Chunk, plan: Plan) -> Batch:
    """Make listings of a chunk and reject what does not fit the contract.

    Raises:
        MissingColumnError: A mapped column is not in the chunk.
        ConfigError: A rule gives a text where the contract has a list.
    """
    frame = chunk.frame
    if frame.is_empty():
        return Batch(pl.DataFrame(schema=SCHEMA), chunk.rejects)
    rules = _rules(frame.schema, plan)
    exprs = {name: field_expr(name, of, frame.schema, plan.file.null) for name, of in rules.items()}
    made = frame.select(pl.col(LINE), *(expr.alias(name) for name, expr in exprs.items() if expr is not None))
    made = _completed(made, plan)
    faults = _faults(made.hstack(_unread_times(frame, rules, plan)))
    if len(faults):
        made = made.filter(~pl.col(LINE).is_in(faults[LINE].unique().implode()))
    rejects = pl.concat([chunk.rejects, faults]).sort(LINE, maintain_order=True)
    return Batch(made, rejects)


def _rules(schema: pl.Schema, plan: Plan) -> dict[str, tuple[Rule, ...]]:
    same = [name for name in BY_NAME if plan.same_names and name in schema]
    rules = {name: (Rule(column=(name,)),) for name in same} | plan.fields
    for name in _TIMES:
        rules |= {name: tuple(replace(rule, time=rule.time or "iso") for rule in rules.get(name, ()))}
    return {name: of for name, of in rules.items() if of}


def _completed(made: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """All columns of the contract in their types, with the source's facts where a record says nothing."""
    defaults = _defaults(plan.source)
    columns = []
    for name, kind in SCHEMA.items():
        found = made.schema.get(name)
        if found is None:
            columns.append(pl.lit(defaults.get(name), kind).alias(name))
        elif isinstance(kind, pl.List) and not isinstance(found, pl.List):
            raise ConfigError(
                f"fields.{name} is a list and its rule gives a text", 'add split = "," to the rule'
            )
        elif kind == pl.Boolean and found == pl.String:
            columns.append(_boolean(pl.col(name)).alias(name))
        elif name in defaults:
            columns.append(pl.col(name).fill_null(pl.lit(defaults[name])))
        else:
            columns.append(pl.col(name).cast(kind))
    origin = pl.when(pl.col("posted_raw").is_not_null()).then(pl.col("posted_origin").fill_null("file"))
    return made.select(columns).with_columns(origin.alias("posted_origin"))


def _defaults(source: Source) -> dict[str, str | None]:
    return {
        "platform": source.platform,
        "side": None if source.side == "both" else source.side,
        "engagement": source.engagement,
        "frame": source.frame,
        "coverage": source.coverage,
        "frame_query": source.frame_query,
    }


def _boolean(text: pl.Expr) -> pl.Expr:
    lowered = text.str.to_lowercase()
    return pl.when(lowered.is_in(_TRUE)).then(True).when(lowered.is_in(_FALSE)).then(False)


def _unread_times(frame: pl.DataFrame, rules: dict[str, tuple[Rule, ...]], plan: Plan) -> pl.DataFrame:
    """What the times' columns say as text, to tell a time that cannot be read from one that is not there."""
    said = {}
    for name in _TIMES:
        plain = tuple(replace(rule, time=None) for rule in rules.get(name, ()))
        expr = field_expr(name, plain, frame.schema, plan.file.null) if plain else None
        said[f"{name}{_SAID}"] = pl.lit(None, pl.String) if expr is None else expr
    return frame.select(pl.col(LINE), **said).drop(LINE)


def _faults(made: pl.DataFrame) -> pl.DataFrame:
    """Rejects of a made chunk: one row for each fault, so a record may have several."""
    checks: list[tuple[str, str, pl.Expr]] = []
    for item in FIELDS:
        value = pl.col(item.name)
        if item.required:
            checks.append((item.name, "required and missing", value.is_null()))
        if item.choices:
            known = " or ".join(item.choices)
            checks.append(
                (item.name, f"is none of {known}", value.is_not_null() & ~value.is_in(item.choices))
            )
        if item.type is str:
            checks.append((item.name, f"longer than {MAX_BYTES:,} bytes", value.str.len_bytes() > MAX_BYTES))
    for name in _TIMES:
        unread = pl.col(name).is_null() & pl.col(f"{name}{_SAID}").is_not_null()
        checks.append((name, "is no time of the mapping's format", unread))
    silent = pl.all_horizontal(pl.col(_SAYS_THE_WORK).is_null()) & (
        pl.col("skills").list.len().fill_null(0) == 0
    )
    checks.append(
        ("title", "nothing says what the work is: no title, description, skills or category", silent)
    )
    marks = made.select(
        LINE, *(mark.fill_null(False).alias(str(at)) for at, (_, _, mark) in enumerate(checks))
    )
    found = [pl.DataFrame(schema=REJECT_SCHEMA)]
    for at, (name, reason, _) in enumerate(checks):
        if marks[str(at)].any():
            lines = marks.filter(pl.col(str(at))).select(LINE)
            found.append(lines.with_columns(field=pl.lit(name), reason=pl.lit(reason)))
    return pl.concat(found)
