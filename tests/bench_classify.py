"""Speed of the classifier beside a pandas loop with `re` over the same terms, with equal findings.

    python tests/bench_classify.py --rows 200000

Listings are invented: about one in eight names AI, texts have about 674 characters. The loop finds the
phrases of `ai_terms` (those that name AI) in normalised text; the same phrases are counted out of the SQL's
`phrases`, and the two must agree listing by listing. `--build` also imports the same listings into an empty
home, builds the warehouse and reports what dbt needed for the model that classifies: with the machine to
itself (dbt builds one model after the other), and as it is built by default, beside other models.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from transform.steps.classify import classify, compile_statement, connect, frame_of, read_seed

LENGTH = 674
SHARE_AI = 0.125
TEXT = """
we need help with our online shop and the new pages for customers in spring please send your price per hour
some work you did before when could begin team is small friendly weekly call about progress design files ready
backend orders stock shipping labels invoices reports mobile layout broken photos captions english native
speaker long term budget fixed milestones clear deadline two weeks
"""
WORDS = TEXT.split()


def invent(n: int, seed: int = 7) -> pl.DataFrame:
    """Listings of about 674 characters."""
    draw = random.Random(seed)
    phrases = [
        "ai agents",
        "chatgpt",
        "machine learning model",
        "openai api",
        "prompt engineering",
        "chatbot",
    ]
    rows = []
    for _ in range(n):
        words = draw.choices(WORDS, k=120)
        if draw.random() < SHARE_AI:
            for phrase in draw.sample(phrases, 3):
                words.insert(draw.randrange(len(words)), phrase)
        text = " ".join(words)[:LENGTH]
        rows.append({"title": " ".join(words[:7]), "description": text, "skills": "Python; Shopify"})
    return frame_of(rows)


def phrases_that_name_ai() -> list[str]:
    """Single-choice phrases of signals that name AI, in Latin letters."""
    naming = {row["signal"] for row in read_seed("ai_signals") if row["names_ai"] == "yes"}
    return sorted(
        {
            row["term"]
            for row in read_seed("ai_terms")
            if row["signal"] in naming and re.fullmatch(r"[a-z0-9 ]+", row["term"])
        }
    )


def pandas_loop(frame: pl.DataFrame, phrases: list[str]) -> list[set[str]]:
    """The usual way: one compiled pattern per phrase, row by row."""
    patterns = [(phrase, re.compile(rf"(?<![\w+#.]){re.escape(phrase)}s?(?![\w+#])")) for phrase in phrases]
    texts = frame.to_pandas()["description"] if _has_pandas() else frame["description"].to_list()
    return [{phrase for phrase, pattern in patterns if pattern.search(text.lower())} for text in texts]


def _has_pandas() -> bool:
    try:
        import pandas  # noqa: F401
    except ImportError:
        return False
    return True


def sql_findings(frame: pl.DataFrame, phrases: list[str]) -> dict[str, set[str]]:
    """The same phrases out of the classifier's own statement."""
    con = connect()
    con.register("listings_in", frame)
    sql = compile_statement(con, "classify_statement('listings_in', 'features')")
    head = sql[: sql.index("\ntraps as (")].rstrip().rstrip(",")
    description = compile_statement(con, "classify_field('description')")
    query = (
        " select listing_id, words from phrases inner join candidates using (id)"
        " inner join (select distinct phrase, words from dictionary) using (phrase)"
        f" where field = {description}"
    )
    rows = con.sql(head + query).fetchall()
    found: dict[str, set[str]] = {}
    for key, words in rows:
        name = words if words in phrases else words.removesuffix("s")
        if name in phrases:
            found.setdefault(key, set()).add(name)
    return found


def seconds_in_build(frame: pl.DataFrame, folder: Path) -> tuple[float, float]:
    """Seconds of the build's model, with language and listed words: alone, and beside other models."""
    os.environ["GIGS_HOME"] = str(folder / "home")
    from dags.importing import import_files
    from scrapers.imports.mapping import find_mapping
    from scrapers.simulated.records import write_parquet
    from transform.build import build
    from warehouse import home
    from warehouse.connect import working

    file = folder / "market.parquet"
    write_parquet(file, listings=frame.height * 2, seed=1, until=date(2026, 6, 30))
    records = pl.read_parquet(file).unique(["platform", "listing_id"], keep="first", maintain_order=True)
    records = records.head(frame.height)
    if records.height < frame.height:
        raise ValueError(f"{records.height} simulated listings for {frame.height} texts")
    texts = frame.select("title", "description", "skills").with_columns(
        pl.format("{} ({})", "title", pl.row_index()),  # a name of its own, or it would be taken for a repost
        category=pl.lit("Web, Mobile & Software Dev"),
        subcategory=pl.lit(None, pl.String),
    )
    records.with_columns(texts).write_parquet(file)
    import_files([file], find_mapping("simulated", home.datasets()))

    def seconds() -> float:
        with working():
            build(full_refresh=True)
        results = json.loads((home.home() / "target" / "run_results.json").read_text("utf-8"))["results"]
        times = {result["unique_id"]: float(result["execution_time"]) for result in results}
        return times["model.gigs.int_listings_classified"]

    os.environ.pop("GIGS_DBT_THREADS", None)
    beside = seconds()
    os.environ["GIGS_DBT_THREADS"] = "1"
    return seconds(), beside


def main() -> int:
    """Print rows per second of both ways and whether they agree."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--parquet", type=Path, help="Also time decoding the text from zstd Parquet.")
    parser.add_argument("--build", action="store_true", help="Also time the model inside a whole build.")
    arguments = parser.parse_args()
    frame = invent(arguments.rows)
    classify(frame.head(100))
    started = time.perf_counter()
    decided = classify(frame)
    fast = arguments.rows / (time.perf_counter() - started)
    n_loop = min(2000, arguments.rows)
    phrases = phrases_that_name_ai()
    started = time.perf_counter()
    slow_found = pandas_loop(frame.head(n_loop), phrases)
    slow = n_loop / (time.perf_counter() - started)
    sql_found = sql_findings(frame.head(n_loop), phrases)
    keys = frame.head(n_loop)["listing_id"].to_list()
    differing = sum(a != sql_found.get(key, set()) for key, a in zip(keys, slow_found, strict=True))
    lines = [
        f"classifier: {fast:,.0f} listings/s ({arguments.rows:,} listings, {decided['is_ai'].sum():,} AI)",
        f"pandas and re, {len(phrases)} phrases: {slow:,.0f} listings/s; ratio {fast / slow:.0f}",
        f"listings whose phrases differ: {differing} of {n_loop}",
    ]
    if arguments.parquet:
        frame.write_parquet(arguments.parquet, compression="zstd")
        started = time.perf_counter()
        pl.read_parquet(arguments.parquet, columns=["description"])
        decoded = arguments.rows / (time.perf_counter() - started)
        lines.append(f"decoding the text from zstd Parquet: {decoded:,.0f} listings/s")
    if arguments.build:
        with tempfile.TemporaryDirectory(prefix="gigs-bench-") as folder:
            alone, beside = seconds_in_build(frame, Path(folder))
        lines.append(
            f"in the build, with language and listed words: {arguments.rows / alone:,.0f} listings/s,"
            f" beside other models {arguments.rows / beside:,.0f}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
