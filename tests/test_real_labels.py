"""Labels of real listings are kept without their texts: a text is recognised where it is at hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from transform.steps.evaluate_labels import labelled_of, read_labels
from transform.steps.real_labels import (
    REAL_LABELS,
    has_twin,
    known_traces,
    read_real_labels,
    traces,
    without_twins,
)

TITLE = "Developer for a talking museum guide"
TEXT = (
    "Visitors ask, the guide answers from our catalogue. You connect a language model and the audio hardware."
)


def test_marks_tags_and_case_do_not_hide_a_text() -> None:
    assert traces(TITLE, TEXT) == traces(TITLE.upper() + "!", f"<p>{TEXT.replace(' ', '&nbsp; ')}</p>")
    assert traces(TITLE, TEXT) != traces(TITLE, "Visitors " + TEXT)


def test_short_titles_and_texts_are_not_recognised_by_themselves() -> None:
    _, title, opening = traces("AI expert", "Details in the call.")
    assert (title, opening) == ("", "")


def test_a_repost_is_not_trained_on_and_scored() -> None:
    row = {"key": "a", "title": TITLE, "description": TEXT, "skills": "", "categories": "", "stance": ""}
    tested = labelled_of(row)
    repost = labelled_of(row | {"key": "b", "title": TITLE + " (again)"})
    other = labelled_of(row | {"key": "c", "title": "Another guide for another house", "description": "New"})
    assert [item.key for item in without_twins([repost, other], [tested])] == ["c"]
    known = frozenset(traces(repost.row["title"], repost.row["description"])[1:]) - {""}
    assert has_twin(tested, known) and not has_twin(other, known)


def answer(title: str, description: str) -> dict[str, object]:
    """A job as the search answers of that dataset say it."""
    return {
        "id": "1900000000000000001",
        "title": title,
        "description": description,
        "ontologySkills": [{"prefLabel": "Museum"}],
        "jobType": "FIXED",
        "contractorTier": "EXPERT",
        "publishTime": "2025-05-10T10:00:00.000Z",
        "totalFeedback": 5,
        "totalReviews": 3,
        "paymentVerificationStatus": "VERIFIED",
    }


def test_labels_are_joined_with_the_texts_of_a_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "listings" / "upwork_aschubbz"
    folder.mkdir(parents=True)
    (folder / "page.json").write_text(json.dumps([answer(TITLE, TEXT)]), "utf-8")
    (folder / "README.md").write_text("No data.", "utf-8")
    key, title_key, opening_key = traces(TITLE, TEXT)
    labels = tmp_path / "labels.csv"
    with labels.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["dataset", "key", "title_key", "opening_key", "categories", "stance"])
        writer.writerow(["upwork_aschubbz", key, title_key, opening_key, "ai_integration", "ai_assisted"])
        writer.writerow(["absent_dataset", "0" * 16, "", "", "ai_design", ""])
    found = read_real_labels(tmp_path / "listings", labels)
    assert [(item.row["title"], sorted(item.labels)) for item in found] == [
        (TITLE, ["ai_assisted", "ai_integration", "any_ai"])
    ]
    assert known_traces(labels) == {title_key, opening_key}


def test_the_kept_labels_hold_hashes_and_known_labels_only() -> None:
    with REAL_LABELS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 1000
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"dataset", "key", "title_key", "opening_key", "categories", "stance"}
        assert all(len(row[name]) in (0, 16) for name in ("key", "title_key", "opening_key"))


@pytest.mark.real
def test_the_labels_find_their_listings_and_none_is_scored(shared: Path) -> None:
    found = read_real_labels(shared / "data" / "listings")
    with REAL_LABELS.open(encoding="utf-8", newline="") as lines:
        n_labels = sum(1 for _ in csv.DictReader(lines))
    assert len(found) >= 0.99 * n_labels
    scored = read_labels(shared / "labels" / "labelled_listings.csv", with_doubtful=True)
    assert len(without_twins(found, scored)) >= 0.99 * len(found)
