"""What `gigs inspect` does beside looking: safe examples, and a mapping draft that is tried at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from scrapers.errors import UsageError
from scrapers.imports.convert import batches
from scrapers.imports.draft import draft, fits
from scrapers.imports.mapping import Mapping
from scrapers.imports.profile import Column, Profile
from warehouse import home
from warehouse.privacy import redact

_WIDTH = 40
_TRIED_CHUNKS = 1


@dataclass(frozen=True)
class Draft:
    """A mapping draft: where it is, and what came of it on the first records of the file."""

    path: Path
    n_tried: int
    n_fitting: int
    fields: list[str]


def write_draft(found: Profile, name: str, *, force: bool = False) -> Draft:
    """Write a draft among the mappings of this installation and try it on the file.

    Raises:
        UsageError: The name is no name, or a mapping has it already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(
            f"{name!r} is no name for a dataset", "use small letters, digits and _, such as my_market"
        )
    path = home.datasets() / f"{name}.toml"
    if path.exists() and not force:
        raise UsageError(f"{path} exists already", "choose another name, or add --force to replace it")
    text = draft(found, name)
    mapping = Mapping(name, text, str(path))
    file = Path(found.file)
    tried = list(islice(batches(file, mapping.for_file(file.name)), _TRIED_CHUNKS))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    listings = pl.concat([batch.listings for batch in tried])
    return Draft(path, sum(batch.n_seen for batch in tried), listings.height, fits(listings))


def shown_examples(column: Column) -> list[str]:
    """A column's examples on one line each, without contact details; ids of people are not shown."""
    if column.guess == "author_id":
        return ["(not shown: names a person)"]
    texts = redact(pl.DataFrame({"text": column.examples}, schema={"text": pl.String}), ["text"])
    shown = [" ".join(text.split()) for text in texts["text"]]
    return [text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…" for text in shown]
