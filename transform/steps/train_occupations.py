"""Fit the words that speak for an occupation, from listings whose source states a category.

A multinomial naive Bayes with few words: log-odds of a word in an occupation against the rest, kept where a
word occurs often enough and says enough. The seed is reviewed by eye; hand-written words of other languages
stay in it (`origin` is `hand`).
"""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from transform.steps.classify import SEEDS, read_seed

OCCUPATIONS = (
    "clerical_data_entry",
    "creative_multimedia",
    "professional_services",
    "sales_marketing",
    "software_tech",
    "writing_translation",
)
MIN_COUNT = 8
MIN_ODDS = 0.35
N_FOLDS = 5


def fold_of(key: str) -> int:
    """Fold of a listing by a hash of its key; fold 0 is held out."""
    return int(hashlib.sha256(key.encode("utf-8")).hexdigest(), 16) % N_FOLDS


def words_of(text: str) -> set[str]:
    """Lower-case words of a text, as the SQL parts them."""
    return {word for word in re.split(r"[^\w+#.]+", text.lower()) if word.strip(".")}


def word_weights(titles: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Log-odds of words: (word, occupation) to weight.

    Args:
        titles: Pairs of occupation and title.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in OCCUPATIONS}
    n_titles: Counter[str] = Counter()
    for occupation, title in titles:
        if occupation in counts:
            n_titles[occupation] += 1
            counts[occupation].update(words_of(title))
    total = Counter[str]()
    for occupation in OCCUPATIONS:
        total.update(counts[occupation])
    n = sum(n_titles.values())
    weights: dict[tuple[str, str], float] = {}
    for word, count in total.items():
        if count < MIN_COUNT:
            continue
        for occupation in OCCUPATIONS:
            inside = (counts[occupation][word] + 0.3) / (n_titles[occupation] + 2)
            outside = (count - counts[occupation][word] + 0.3) / (n - n_titles[occupation] + 2)
            odds = math.log(inside / outside)
            if abs(odds) >= MIN_ODDS:
                weights[word, occupation] = round(odds, 2)
    return weights


def stated_titles(build_file: Path) -> list[tuple[str, str]]:
    """Pairs of occupation and title of the listings whose source states a category; fold 0 is left out.

    Args:
        build_file: DuckDB file of a warehouse after `gigs build`.
    """
    with duckdb.connect(str(build_file), read_only=True) as con:
        rows = con.execute("""
            select coalesce(latest.native_id, latest.listing_id), occupied.occupation, latest.title
            from intermediate.int_listings_occupied as occupied
            inner join intermediate.int_listings_latest as latest on occupied.listing_id = latest.listing_id
            where occupied.occupation_method = 'category' and latest.title is not null
            order by latest.listing_id
        """).fetchall()
    return [(occupation, title) for key, occupation, title in rows if fold_of(key) != 0]


def main() -> None:
    """Fit the words on a built warehouse and write the seed; hand-written words stay."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("Usage: python -m transform.steps.train_occupations WAREHOUSE.duckdb (after gigs build)")
    titles = stated_titles(Path(sys.argv[1]))
    by_hand = [row for row in read_seed("occupation_words") if row["origin"] == "hand"]
    spoken_for = {row["word"] for row in by_hand}
    trained = [
        {"word": word, "occupation": occupation, "weight": str(weight), "origin": "trained"}
        for (word, occupation), weight in word_weights(titles).items()
        if word not in spoken_for
    ]
    frame = pl.DataFrame([*trained, *by_hand]).sort("word", "occupation")
    frame.write_csv(SEEDS / "occupation_words.csv")
    sys.stderr.write(f"{len(titles)} titles, {len(trained)} weights and {len(by_hand)} by hand written\n")


if __name__ == "__main__":
    main()
