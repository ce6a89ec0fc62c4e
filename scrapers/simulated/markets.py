"""A modest simulated market for the demo: one file a marketplace, each in another format and notation."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.utils import format_datetime
from html import escape
from pathlib import Path

import polars as pl

from scrapers.simulated import planted
from scrapers.simulated.build import FLAG, chunks
from scrapers.simulated.draw import DEMO_OCCUPATIONS, Plan
from scrapers.simulated.marketplaces import BY_KEY, MARKETS
from scrapers.simulated.records import count, write_truth

DEMO_FIRST = date(2021, 7, 1)
"""The demo's market starts late, so that its months have enough listings for charts."""
REQUESTS_PER_LISTING = 0.88
SIGHTINGS_PER_LISTING = 1.0


@dataclass(frozen=True)
class SimulatedFile:
    """One file of the simulated market.

    Attributes:
        path: The file.
        dataset: Name of the shipped mapping that imports it.
        platform: Key of the marketplace.
        n_records: Records in it.
    """

    path: Path
    dataset: str
    platform: str
    n_records: int


def write_markets(
    folder: Path, *, listings: int = 12_000, seed: int = 1, until: date = planted.DEFAULT_UNTIL
) -> list[SimulatedFile]:
    """Write the demo's marketplaces as files, and `truth.json` and `flags.parquet` for those who check.

    Args:
        folder: Where to write; made if missing.
        listings: Different listings, roughly; offers are seen once a month, so there are about twice as many
            records.
        seed: Seed of the market.
        until: Last day of the market.

    Returns:
        The files with the names of their mappings. The truths are not among them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        first=DEMO_FIRST if until > DEMO_FIRST else planted.FIRST_MONTH,
        until=until,
        markets=tuple(market for market in MARKETS if market.key in WRITERS),
        occupations=tuple(DEMO_OCCUPATIONS.tolist()),
    )
    requests, sightings = round(listings * REQUESTS_PER_LISTING), round(listings * SIGHTINGS_PER_LISTING)
    total = requests + sightings
    frame = pl.concat(chunks(plan, listings=total, seed=seed, offer_share=sightings / total), how="diagonal")
    write_truth(folder / "truth.json", plan, [count(frame)], seed=seed)
    frame.select("platform", "native_id", "side", "observed_at", pl.col(f"^{FLAG}.*$")).write_parquet(
        folder / "flags.parquet"
    )
    files = []
    for platform, (name, write) in WRITERS.items():
        of_market = frame.filter(pl.col("platform") == platform).sort(
            "observed_at", "native_id", maintain_order=True
        )
        path = folder / name
        write(path, of_market)
        files.append(SimulatedFile(path, platform.replace("sim_", "simulated_"), platform, of_market.height))
    return files


def _write_taskharbor(path: Path, frame: pl.DataFrame) -> None:
    """JSON lines, one object a sighting."""
    frame.select(
        id="native_id",
        headline="title",
        body="description",
        tags="skills",
        category="category",
        service="subcategory",
        pay=pl.struct(type="price_kind", display="price_raw", currency="currency"),
        client=pl.struct(id="author_id", country="country"),
        experience="level",
        length="duration",
        flag="urgency",
        needed_within="delivery",
        language="language",
        published_at="posted_raw",
        seen_at=_seen("%Y-%m-%dT%H:%M:%SZ", "yesterday"),
        link="url",
    ).write_ndjson(path)


def _write_lancehub(path: Path, frame: pl.DataFrame) -> None:
    """One JSON document with nested projects, budgets as numbers, times as seconds since 1970."""
    posted = pl.col("posted_raw").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False).dt.epoch("s")
    rows = frame.with_columns(_posted=posted, _seen=pl.col("observed_at").dt.epoch("s")).to_dicts()
    projects = [
        {
            "id": row["native_id"] and int(row["native_id"]),
            "title": row["title"],
            "description": row["description"],
            "jobs": [{"name": skill} for skill in row["skills"] or ()],
            "category": {"name": row["category"], "service": row["subcategory"]},
            "type": row["price_kind"],
            "currency": {"code": row["currency"]},
            "budget": {"minimum": row["_low"], "maximum": row["_high"], "display": row["price_raw"]},
            "bid_stats": {"bid_count": int(row["bids"]), "bid_avg": round(row["_bid"])},
            "owner": {"id": row["author_id"], "country": row["country"]},
            "level": row["level"],
            "duration": row["duration"],
            "urgent": row["_is_urgent"],
            "language": row["language"],
            "submitdate": row["_posted"] if row["_posted"] is not None else row["posted_raw"],
            "seen": row["_seen"],
            "seo_url": row["url"],
        }
        for row in rows
    ]
    document = {"status": "success", "result": {"projects": projects}}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=0), encoding="utf-8")


def _write_auftragswerk(path: Path, frame: pl.DataFrame) -> None:
    """CSV as a German spreadsheet writes it: semicolons, a byte order mark, day before month."""
    posted = pl.col("posted_raw").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False)
    table = frame.select(
        pl.col("native_id").alias("Nr."),
        pl.col("title").alias("Titel"),
        pl.col("description").alias("Beschreibung"),
        pl.col("skills").list.join(", ").alias("Kenntnisse"),
        pl.col("category").alias("Kategorie"),
        pl.col("subcategory").alias("Leistung"),
        pl.col("price_raw").alias("Budget"),
        pl.col("price_kind").replace({"hourly": "Stundensatz", "fixed": "Festpreis"}).alias("Art"),
        pl.col("level").alias("Niveau"),
        pl.col("duration").alias("Dauer"),
        pl.col("urgency").alias("Hinweis"),
        pl.col("country").alias("Land"),
        pl.col("language").alias("Sprache"),
        pl.col("author_id").alias("Auftraggeber"),
        posted.dt.to_string("%d.%m.%Y %H:%M:%S").fill_null("31.02.2023 25:00:00").alias("Erstellt"),
        _seen("%d.%m.%Y %H:%M:%S", "gestern").alias("Abgerufen"),
        pl.col("url").alias("Adresse"),
    )
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows(table.rows())


def _write_trabajoya(path: Path, frame: pl.DataFrame) -> None:
    """An RSS feed with elements of its own for budget and country."""
    moment = pl.col("posted_raw").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False, time_zone="UTC")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0"><channel>',
        f"<title>{BY_KEY['sim_trabajoya'].title}</title><link>https://trabajoya.example</link>",
        "<description>Proyectos simulados</description>",
    ]
    for row in frame.with_columns(_moment=moment).iter_rows(named=True):
        published = format_datetime(row["_moment"]) if row["_moment"] else "Fri, 31 Feb 2023 25:00:00 +0000"
        parts = {
            "guid": row["native_id"],
            "title": row["title"],
            "link": row["url"],
            "description": row["description"]
            and "<p>" + row["description"].replace("\n\n", "</p><p>") + "</p>",
            "category": row["category"],
            "servicio": row["subcategory"],
            "presupuesto": row["price_raw"],
            "tipo": row["price_kind"],
            "habilidades": ", ".join(row["skills"] or ()),
            "nivel": row["level"],
            "plazo": row["duration"],
            "entrega": row["delivery"],
            "urgencia": row["urgency"],
            "pais": row["country"],
            "idioma": row["language"],
            "cliente": row["author_id"],
            "pubDate": published,
            "visto": row["observed_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text)
        lines.append(f"<item>{inner}</item>")
    path.write_text("\n".join([*lines, "</channel></rss>", ""]), encoding="utf-8")


def _write_gigbazaar(path: Path, frame: pl.DataFrame) -> None:
    """SQLite: gigs, and what was seen of each in every month; sightings of some gigs that were deleted."""
    path.unlink(missing_ok=True)
    is_empty = (pl.col("_broken") == "empty").fill_null(False)
    gigs = frame.filter(~is_empty).unique("native_id", keep="first", maintain_order=True).select(
        "native_id", "title", "description", pl.col("skills").list.join(","), "category", "subcategory",
        "country", "language", "author_id", "url",
    )  # fmt: skip
    seen = frame.select(
        pl.when(is_empty).then(pl.lit("deleted")).otherwise("native_id"),
        pl.col("price_raw", "packages_json", "delivery", "author_level", "author_rating", "author_reviews"),
        pl.col("observed_at").dt.to_string("%Y-%m-%d %H:%M:%S"),
    )
    with sqlite3.connect(path) as store:
        store.execute(
            "CREATE TABLE gigs (gig_id TEXT, title TEXT, about TEXT, tags TEXT, category TEXT, service TEXT,"
            " country TEXT, language TEXT, seller TEXT, url TEXT)"
        )
        store.execute(
            "CREATE TABLE sightings (gig_id TEXT, price TEXT, packages TEXT, delivery TEXT,"
            " seller_level TEXT, rating TEXT, reviews TEXT, seen_at TEXT)"
        )
        store.executemany(f"INSERT INTO gigs VALUES ({','.join('?' * 10)})", gigs.rows())
        store.executemany(f"INSERT INTO sightings VALUES ({','.join('?' * 8)})", seen.rows())
    store.close()


def _write_craftlane(path: Path, frame: pl.DataFrame) -> None:
    """Parquet with typed columns."""
    frame.select(
        offer_id="native_id",
        name="title",
        text="description",
        tags="skills",
        field="category",
        service="subcategory",
        hourly_rate="price_raw",
        delivery="delivery",
        country="country",
        language="language",
        maker="author_id",
        standing="author_level",
        stars=pl.col("author_rating").cast(pl.Float64),
        reviews=pl.col("author_reviews").cast(pl.Int64),
        visited="observed_at",
        page="url",
    ).write_parquet(path, compression="zstd")


def _seen(form: str, unreadable: str) -> pl.Expr:
    """Time of the visit as text; records with a bad date have none that could be read."""
    moment = pl.col("observed_at").dt.to_string(form)
    return pl.when(pl.col("_broken") == "bad_date").then(pl.lit(unreadable)).otherwise(moment)


WRITERS: dict[str, tuple[str, Callable[[Path, pl.DataFrame], None]]] = {
    "sim_taskharbor": ("taskharbor.jsonl", _write_taskharbor),
    "sim_lancehub": ("lancehub.json", _write_lancehub),
    "sim_auftragswerk": ("auftragswerk.csv", _write_auftragswerk),
    "sim_trabajoya": ("trabajoya.xml", _write_trabajoya),
    "sim_gigbazaar": ("gigbazaar.sqlite", _write_gigbazaar),
    "sim_craftlane": ("craftlane.parquet", _write_craftlane),
}
"""Marketplaces of the demo: file name and writer of each."""
