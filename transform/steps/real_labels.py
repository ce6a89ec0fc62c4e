"""Real listings that were labelled for training: their labels are kept here, their texts are not.

`real_listings.csv` names each listing by hashes of its letters, so that a text can be recognised where the
dataset is at hand, and nothing of it is kept where it is not.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scrapers.errors import GigsError
from scrapers.imports.convert import batches
from scrapers.imports.mapping import find_mapping
from transform.steps.classify import PROJECT
from transform.steps.evaluate_labels import Labelled, labelled_of

REAL_LABELS = PROJECT.parent / "tests" / "fixtures" / "labels" / "real_listings.csv"
"""Labels of real listings, read and labelled after the codebook by a language model, like the others."""

N_OPENING = 100
"""Letters of a description that tell one listing from another, as reposts change little at the beginning."""
LEAST_TITLE, LEAST_OPENING = 18, 60
"""Shorter ones are too common to recognise a listing by."""

_MARKUP = re.compile(r"<[^<>]{0,300}>|&#?\w{1,9};")
_NO_LETTER = re.compile(r"[\W_]+")


def _letters(text: str | None) -> str:
    return _NO_LETTER.sub("", _MARKUP.sub(" ", (text or "").lower()))


def _hash(letters: str) -> str:
    return hashlib.sha256(letters.encode("utf-8")).hexdigest()[:16]


def traces(title: str | None, description: str | None) -> tuple[str, str, str]:
    """Three hashes of a listing's letters: of title and opening together, of the title, of the opening.

    The last two are empty where the text is too short to recognise a listing by.
    """
    name, opening = _letters(title), _letters(description)[:N_OPENING]
    return (
        _hash(name + "\n" + opening),
        _hash(name) if len(name) >= LEAST_TITLE else "",
        _hash(opening) if len(opening) >= LEAST_OPENING else "",
    )


def _texts(folder: Path) -> Iterator[dict[str, str]]:
    """Title, description, skills and category of every listing of a dataset's folder."""
    mapping = find_mapping(folder.name)
    for file in sorted(item for item in folder.rglob("*") if item.is_file() and item.name[0] != "."):
        try:
            for batch in batches(file, mapping.for_file(file.name)):
                for row in batch.listings.iter_rows(named=True):
                    native = [row["category_raw"], row["subcategory_raw"]]
                    yield {
                        "title": row["title"] or "",
                        "description": (row["description"] or "")[:900],
                        "skills": "; ".join(row["skills"] or []),
                        "category": " / ".join(part for part in native if part),
                    }
        except GigsError:
            continue  # a file beside the data, which no mapping reads


def read_real_labels(listings: Path, path: Path = REAL_LABELS) -> list[Labelled]:
    """The labelled listings whose dataset is at hand.

    Args:
        listings: Folder with a folder per dataset.
        path: CSV with dataset, key, title_key, opening_key, categories and stance.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    wanted = {row["key"]: row for row in rows}
    found: dict[str, Labelled] = {}
    for dataset in sorted({row["dataset"] for row in rows}):
        if not (listings / dataset).is_dir():
            continue
        for text in _texts(listings / dataset):
            key = traces(text["title"], text["description"])[0]
            if key in wanted and key not in found:
                found[key] = labelled_of(wanted[key] | text)
    return list(found.values())


def known_traces(path: Path = REAL_LABELS) -> frozenset[str]:
    """Hashes of titles and openings of every listing that training has seen beside the labels file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return frozenset(
            row[name] for row in csv.DictReader(lines) for name in ("title_key", "opening_key") if row[name]
        )


def has_twin(item: Labelled, known: frozenset[str]) -> bool:
    """Whether a listing with the same title or the same opening is among the known ones."""
    return bool(set(traces(item.row["title"], item.row["description"])[1:]) - {""} & known)


def without_twins(others: Sequence[Labelled], tested: Sequence[Labelled]) -> list[Labelled]:
    """The listings of which no repost is among those that are to be scored."""
    known = frozenset(
        trace for item in tested for trace in traces(item.row["title"], item.row["description"])[1:] if trace
    )
    return [item for item in others if not has_twin(item, known)]
