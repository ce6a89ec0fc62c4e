"""The mapping of a dataset: one TOML file that says what the files are and how they become listings.

    kind = "listings"        # or "benchmark" for a check series without listings

    [source]                 # facts of the dataset: the fields of scrapers.source.Source
    [file]                   # how to read its files: the fields of scrapers.imports.chunks.FileOptions
    [fields]                 # contract field = rule (see scrapers.imports.rules)
    same_names = true        # at the top: columns with a contract field's name are taken as they are

    [[variants]]             # files of another shape: patterns of file names, and what differs
    files = ["workana_*.csv"]
    file = { ... }           # the same tables as above, merged over them

A benchmark has, instead of fields, one table for each series or family of series:

    [[points]]
    series = rule            # name of the series
    period_on = rule         # first day of the period, with `time`
    value = rule             # a number
    unit = "USD"

An unknown key is an error with the closest known name, so that a typing mistake never drops a column.
"""

from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, get_args

from scrapers.errors import ConfigError, UsageError
from scrapers.imports.chunks import FileOptions
from scrapers.imports.files import FORMATS
from scrapers.imports.rules import Rule, parse_rules, suggestion
from scrapers.listing import BY_NAME, COVERAGES, ENGAGEMENTS, FRAMES, SIDES
from scrapers.source import Mode, Source

SHIPPED = Path(__file__).resolve().parent.parent / "datasets"
KINDS = ("listings", "benchmark")
_TABLES = ("source", "file", "fields", "points")
_TOP = ("kind", "same_names", "variants", *_TABLES)
_POINT_KEYS = ("series", "period_on", "value", "unit")
_CHOICES: dict[str, Sequence[str]] = {
    "mode": get_args(Mode),
    "frame": FRAMES,
    "coverage": COVERAGES,
    "side": (*SIDES, "both"),
    "engagement": ENGAGEMENTS,
    "date_order": ("DMY", "MDY", "YMD"),
    "format": FORMATS,
}


@dataclass(frozen=True, kw_only=True)
class Points:
    """How one family of series is made from a file of a benchmark."""

    series: tuple[Rule, ...]
    period_on: tuple[Rule, ...]
    value: tuple[Rule, ...]
    unit: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a mapping says of one file.

    Attributes:
        source: Facts of the source.
        file: How to read it.
        fields: Rules of the contract's fields.
        same_names: Whether columns with a contract field's name are taken as they are.
        points: Rules of a benchmark; empty for listings.
    """

    source: Source
    file: FileOptions
    fields: dict[str, tuple[Rule, ...]]
    same_names: bool
    points: tuple[Points, ...]

    @property
    def columns(self) -> set[str]:
        """Columns that the plan may read."""
        groups = [*self.fields.values()]
        groups += [rules for item in self.points for rules in (item.series, item.period_on, item.value)]
        found = {name for rules in groups for rule in rules for name in rule.columns}
        return found | (set(BY_NAME) if self.same_names else set())


class Mapping:
    """A dataset's mapping, checked as a whole when it is made.

    Args:
        name: The dataset; also the default name of its source.
        text: The TOML.
        where: The file, for messages.

    Raises:
        ConfigError: Not TOML, or a key, field or value that is unknown.
    """

    def __init__(self, name: str, text: str, where: str) -> None:
        self.name, self.where = name, where
        self.version = hashlib.sha256(text.encode()).hexdigest()[:12]
        try:
            self._said: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{where} is no valid TOML: {error}", "correct the line it names") from None
        self._check_keys(self._said, _TOP, "")
        self.kind: str = self._said.get("kind", "listings")
        if self.kind not in KINDS:
            raise ConfigError(f"{where}: kind {self.kind!r} is unknown", suggestion(self.kind, KINDS))
        self._variants: list[dict[str, Any]] = self._said.get("variants", [])
        for number, variant in enumerate(self._variants, 1):
            self._check_keys(variant, ("files", *_TABLES), f"variants[{number}].")
            if not isinstance(variant.get("files"), list):
                raise ConfigError(f"{where}: variants[{number}] lacks `files`", 'write files = ["*.csv"]')
        for variant in [None, *self._variants]:
            self._plan([variant] if variant else [])

    def _check_keys(self, table: dict[str, Any], known: Sequence[str], prefix: str) -> None:
        for key in table:
            if key not in known:
                raise ConfigError(f"{self.where}: unknown key {prefix}{key}", suggestion(key, known))

    def for_file(self, name: str) -> Plan:
        """The plan of one file, by its name: the mapping with its variants merged over it.

        Raises:
            ConfigError: No series of a benchmark is made from that file.
        """
        plan = self._plan(
            [item for item in self._variants if any(fnmatch(name, glob) for glob in item["files"])]
        )
        if self.kind == "benchmark" and not plan.points:
            raise ConfigError(
                f"{self.where}: no [[points]] for {name}", "add a variant, or leave the file out"
            )
        return plan

    def _plan(self, variants: list[dict[str, Any]]) -> Plan:
        tables = {name: self._said.get(name, [] if name == "points" else {}) for name in _TABLES}
        for variant in variants:
            for name in _TABLES:
                said = variant.get(name)
                if said is not None:
                    tables[name] = said if name == "points" else tables[name] | said
        fields = self._fields(tables["fields"])
        points = tuple(self._points(item, number) for number, item in enumerate(tables["points"], 1))
        same_names = bool(self._said.get("same_names", False))
        if self.kind == "listings" and not fields and not same_names:
            raise ConfigError(f"{self.where}: no [fields]", "map at least a title or a description")
        if points and self.kind != "benchmark":
            raise ConfigError(f"{self.where}: [[points]] belong to a benchmark", 'set kind = "benchmark"')
        return Plan(
            source=self._source(tables["source"]),
            file=self._file(tables["file"]),
            fields=fields,
            same_names=same_names,
            points=points,
        )

    def _source(self, said: dict[str, Any]) -> Source:
        facts = {"name": self.name, "title": self.name} | said
        self._check_table(facts, Source, "source")
        if "platform" not in facts:
            raise ConfigError(
                f"{self.where}: source.platform is missing", "name the marketplace, e.g. `upwork`"
            )
        if "expected_daily" in facts:
            facts["expected_daily"] = tuple(facts["expected_daily"])
        return Source(**facts)

    def _file(self, said: dict[str, Any]) -> FileOptions:
        self._check_table(said, FileOptions, "file")
        options: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in said.items()
        }
        return FileOptions(**options)

    def _check_table(self, said: dict[str, Any], kind: Any, table: str) -> None:
        self._check_keys(said, [item.name for item in dataclasses.fields(kind)], f"{table}.")
        for key, choices in _CHOICES.items():
            value = said.get(key)
            if value is not None and value not in choices:
                raise ConfigError(
                    f"{self.where}: {table}.{key} {value!r} is unknown", suggestion(str(value), choices)
                )

    def _fields(self, said: dict[str, Any]) -> dict[str, tuple[Rule, ...]]:
        for name in said:
            if name not in BY_NAME:
                raise ConfigError(
                    f"{self.where}: fields.{name} is no field of the contract", suggestion(name, BY_NAME)
                )
        return {name: parse_rules(rule, f"{self.where}: fields.{name}") for name, rule in said.items()}

    def _points(self, said: dict[str, Any], number: int) -> Points:
        where = f"{self.where}: points[{number}]"
        self._check_keys(said, _POINT_KEYS, f"points[{number}].")
        lost = [key for key in _POINT_KEYS if key not in said]
        if lost:
            raise ConfigError(f"{where} lacks {', '.join(lost)}", "a point needs all four")
        return Points(
            series=parse_rules(said["series"], f"{where}.series"),
            period_on=parse_rules(said["period_on"], f"{where}.period_on"),
            value=parse_rules(said["value"], f"{where}.value"),
            unit=said["unit"],
        )


def known_mappings(own: Path | None = None) -> dict[str, Path]:
    """Names and files of all mappings: the shipped ones, and those of this installation over them."""
    folders = [SHIPPED] + ([own] if own else [])
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def find_mapping(dataset: str, own: Path | None = None) -> Mapping:
    """The mapping of a dataset.

    Args:
        dataset: Its name.
        own: Folder with mappings of this installation.

    Raises:
        UsageError: No mapping has that name.
        ConfigError: The mapping is wrong.
    """
    known = known_mappings(own)
    if dataset not in known:
        raise UsageError(
            f"no dataset is called {dataset!r}; {suggestion(dataset, sorted(known))}",
            f"write a mapping with `gigs inspect FILE --draft {dataset}`",
        )
    return read_mapping(known[dataset])


def read_mapping(path: Path, name: str | None = None) -> Mapping:
    """A mapping from its file.

    Raises:
        ConfigError: The file is missing or wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"there is no mapping {path}", "check the path") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is no UTF-8 text", "save the mapping as UTF-8") from None
    return Mapping(name or path.stem, text, str(path))
