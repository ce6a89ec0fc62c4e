"""Turn drawn numbers into records: texts, prices, sightings, and the simulator's own flags beside them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from scrapers.simulated import draw, planted
from scrapers.simulated.draw import Columns, Generator, Plan
from scrapers.simulated.marketplaces import CURRENCIES
from scrapers.simulated.money import NOTATIONS, in_currency, menu_steps, rounded, written
from scrapers.simulated.phrases import LANGUAGES, bank
from scrapers.simulated.planted import OCCUPATIONS, Flags, Floats, Ints

FLAG = "_"
"""Columns with this first letter are the simulator's own knowledge and stand in no published record."""

OFFER_SHARE = 0.40
REPOST_SHARE = 0.04
AGAIN_SHARE = 0.04
CHUNK = 100_000
FIRST_ID = 10_000_000
MOST_DETAILS = 17
"""Most general sentences in a description."""
DELIVERY_MENU = np.array([1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30])
LATIN_MENU = np.array([1, 50, 100, 250, 500, 1000, 3000, 10000, 30000])
BROKEN = {
    "empty": 0.0010,
    "bad_date": 0.0005,
    "unknown_currency": 0.0008,
    "absurd_price": 0.0004,
    "no_id": 0.0003,
}
"""Shares of records that are damaged on purpose."""


def chunks(
    plan: Plan, *, listings: int, seed: int, offer_share: float = OFFER_SHARE
) -> Iterator[pl.DataFrame]:
    """Records of the whole market, some at a time; the same arguments give the same records.

    Args:
        plan: Months, marketplaces and weights.
        listings: Records in total.
        seed: Seed of the market.
        offer_share: Share of records that are sightings of offers.

    Yields:
        Frames of at most `CHUNK` records with contract-like columns, and flags (columns that start with `_`).
    """
    for number, begin in enumerate(range(0, listings, CHUNK)):
        n = min(CHUNK, listings - begin)
        rng = np.random.default_rng([seed, number])
        n_offers = round(n * offer_share)
        parts = []
        if n > n_offers:
            parts.append(request_records(rng, plan, n - n_offers, FIRST_ID + begin))
        if n_offers:
            parts.append(offer_records(rng, plan, n_offers, FIRST_ID + begin))
        yield damaged(rng, pl.concat(parts, how="diagonal"))


def request_records(rng: Generator, plan: Plan, n: int, first_id: int) -> pl.DataFrame:
    """`n` records of requests: originals, reposts under a new id, second sightings, some of them edited."""
    n_reposts, n_again = int(n * REPOST_SHARE), int(n * AGAIN_SHARE)
    drawn = draw.requests(rng, plan, n - n_reposts - n_again)
    originals = len(drawn["day"])

    early = int(np.searchsorted(drawn["day"], plan.last_day - 21))
    n_reposts = n_reposts if early else 0
    source = rng.integers(0, max(early, 1), n_reposts)
    lists = {name: np.concatenate([values, values[source]]) for name, values in drawn.items()}
    lists["day"][originals:] += rng.integers(2, 21, n_reposts)
    lists["month"] = draw.months_of(lists["day"])
    lists["u_closing"][originals:] = rng.random(n_reposts)
    lists["repost_of"] = np.concatenate([np.full(originals, -1), first_id + source])
    lists["id"] = first_id + np.arange(originals + n_reposts)

    n_again = n - originals - n_reposts
    again = rng.integers(0, max(early, 1), n_again)
    records = {name: np.concatenate([values, values[again]]) for name, values in lists.items()}
    is_again = np.arange(n) >= originals + n_reposts
    edited = is_again & (rng.random(n) < 0.5)
    records["u_closing"] = np.where(edited, rng.random(n), records["u_closing"])
    records["log_usd"] = records["log_usd"] + np.where(edited, 0.2, 0.0)
    seconds = records["day"] * 86_400 + records["second"]
    last = (plan.last_day + 1) * 86_400 - 1
    seen = np.minimum(seconds + 6 * 3600 + is_again * 7 * 86_400, last)
    frame = _said(plan, records, 0, records["id"])
    low, high = _ends(plan, records, np.exp(records["log_usd"]), records["day"])
    notation = _notation(plan, records)
    market = records["market"]
    shows = np.array([place.shows_bids for place in plan.markets])[market]
    bid = rounded(in_currency(np.exp(records["log_bid"]), records["currency"], records["day"]), 3)
    hourly = records["hourly"]
    asked = _whole_days(np.exp(records["log_asked"]))
    return frame.with_columns(
        price_raw=written(low, high, records["currency"], hourly, notation),
        price_kind=_where(hourly, "hourly", "fixed"),
        level=_of_market(plan, [place.levels for place in plan.markets], market, records["level"]),
        duration=_of_market(plan, [place.durations for place in plan.markets], market, records["duration"]),
        delivery=_in_words(plan, market, asked),
        urgency=pl.when(pl.Series(records["urgent"])).then(
            _of_market(plan, [(p.urgent,) for p in plan.markets], market, 0 * market)
        ),
        bids=pl.when(pl.Series(shows)).then(pl.Series(records["bids"]).cast(pl.String)),
        bid_average=pl.when(pl.Series(shows)).then(pl.Series(bid).round(0).cast(pl.Int64).cast(pl.String)),
        posted_raw=_stamp(seconds),
        observed_at=_moments(seen),
        author_id=pl.concat_str(pl.lit("c"), pl.Series(records["author"] + first_id).cast(pl.String)),
        _month=pl.Series(records["month"], dtype=pl.Int32),
        _kind=_where(hourly, "rate", "budget"),
        _usd=pl.Series(np.exp(records["log_usd"])),
        _low=pl.Series(low),
        _high=pl.Series(high),
        _bid_usd=pl.Series(np.exp(records["log_bid"])),
        _bid=pl.Series(bid),
        _asked_days=pl.Series(asked),
        _repost_of=pl.when(pl.Series(records["repost_of"] >= 0))
        .then(pl.Series(records["repost_of"]))
        .cast(pl.String),
        _sighting=_where(edited, "edited", _where(is_again, "repeated", "first")),
        _is_urgent=pl.Series(records["urgent"]),
    )


def offer_records(rng: Generator, plan: Plan, n: int, first_id: int) -> pl.DataFrame:
    """`n` sightings of offers, each gig once in every month of its life."""
    gigs, gig, month = draw.offers(rng, plan, n)
    gigs["id"] = first_id + 5_000_000_000 + np.arange(len(gigs["market"]))
    said = _said(plan, gigs, 1, gigs["id"])[gig]
    records = {name: values[gig] for name, values in gigs.items()}
    day = draw.days_of(plan, month)
    kinds = [
        planted.log_price(kind, month, records["occupation"], records["is_ai"]) for kind in ("ask", "rate")
    ]
    hourly = records["hourly"]
    mean = np.where(hourly, kinds[1], kinds[0]) + records["log_gig"]
    usd = np.exp(mean + draw.noise_that_stays(rng, gig, month, 0.03))
    amount = in_currency(usd, records["currency"], day)
    price = np.maximum(np.round(amount * np.where(hourly, 2, 1)) / np.where(hourly, 2, 1), 1.0)
    notation = _notation(plan, records)
    days = planted.delivery_days(month) * np.exp(records["log_delivery"])
    delivery = _whole_days(days)
    tenure = month - records["start"]
    reviews = (records["popularity"] * np.maximum(tenure, 0)).astype(np.int64)
    level = np.digitize(reviews, (10, 50))
    market = records["market"]
    levels = _of_market(plan, [place.levels for place in plan.markets], market, level)
    raw = written(price, price, records["currency"], hourly, notation)
    return said.with_columns(
        price_raw=raw,
        price_kind=_where(hourly, "hourly", "starting at"),
        packages_json=_packages(price, records, delivery, hourly),
        delivery=_in_words(plan, market, delivery),
        observed_at=_moments(day * 86_400 + 3 * 3600),
        author_id=pl.concat_str(pl.lit("s"), pl.Series(records["author"] + first_id).cast(pl.String)),
        author_level=levels,
        author_rating=pl.when(pl.Series(reviews > 0)).then(
            pl.Series(records["rating"].clip(1, 5)).round(1).cast(pl.String)
        ),
        author_reviews=pl.Series(reviews).cast(pl.String),
        _month=pl.Series(month, dtype=pl.Int32),
        _kind=_where(hourly, "rate", "ask"),
        _usd=pl.Series(usd),
        _low=pl.Series(price),
        _high=pl.Series(price),
        _delivery_days=pl.Series(delivery),
        _entry_month=pl.Series(records["entry"], dtype=pl.Int32),
        _sighting=_where(tenure == 0, "first", "again"),
    )


def damaged(rng: Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """Break a few records in the ways that real sources break them."""
    u = rng.random(frame.height)
    edges = np.cumsum(list(BROKEN.values()))
    names = [*BROKEN, None]
    broken = pl.Series("_broken", names, dtype=pl.String).gather(np.searchsorted(edges, u, side="right"))
    is_broken = {name: pl.col("_broken") == name for name in BROKEN}
    return frame.with_columns(broken).with_columns(
        pl.when(~is_broken["empty"] | pl.col("_broken").is_null()).then(
            pl.col("title", "description", "category", "skills")
        ),
        native_id=pl.when(is_broken["no_id"]).then(None).otherwise("native_id"),
        posted_raw=pl.when(is_broken["bad_date"] & pl.col("posted_raw").is_not_null())
        .then(pl.lit("2023-02-31T25:00:00Z"))
        .otherwise("posted_raw"),
        currency=pl.when(is_broken["unknown_currency"]).then(pl.lit("GLN")).otherwise("currency"),
        price_raw=pl.when(is_broken["unknown_currency"])
        .then(pl.lit("500 galleons"))
        .when(is_broken["absurd_price"])
        .then(pl.lit("$99,999,999,999"))
        .otherwise("price_raw"),
    )


def _said(plan: Plan, columns: Columns, side: int, ids: Ints) -> pl.DataFrame:
    """What stays the same in all sightings: identity, texts, category, country; and the flags of the job."""
    phrases = bank()
    market, language, job = columns["market"], columns["language"], columns["job"]
    name = planted.SIDES[side]

    def general(part: str) -> Ints:
        return phrases.draw(columns[f"u_{part}"], phrases.general[f"{name}.{part}"][language])

    pools = {group: table[columns[group], language] for group, table in phrases.mentions.items()}
    count = (columns["u_words"] * MOST_DETAILS).astype(np.int64)
    parts = [
        general("opening"),
        *phrases.draw_distinct(columns["u_text"], phrases.job_texts[job, side], np.full(len(job), 2), 2),
        *(phrases.draw(columns[f"u_{group}"], pool) for group, pool in pools.items()),
        *phrases.draw_distinct(
            columns["u_detail"], phrases.general[f"{name}.detail"][language], count, MOST_DETAILS
        ),
        general("closing"),
        general("reference"),
    ]
    number = pl.Series(ids).cast(pl.String)
    every = plan.markets
    keys = pl.Series([place.key for place in every]).gather(market)
    text = phrases.text(parts, columns["topic"])
    title = phrases.text([columns["title"]], columns["topic"])
    about = [
        {
            "subcategory": entry.key.replace("_", " ").capitalize(),
            "skills": list(entry.skills),
            "_ai": "|".join(entry.ai),
            "_trap_job": entry.trap,
            "_job": entry.key,
        }
        for entry in phrases.jobs
    ]
    of_job = pl.DataFrame(about, schema_overrides={"_trap_job": pl.String})[job]
    mentioned = {
        f"_{group}": pl.Series([*names, None], dtype=pl.String).gather(
            np.where(pools[group] > 0, columns[group], len(names))
        )
        for group, names in planted.MENTIONS.items()
    }
    page = "jobs" if side == 0 else "gigs"
    return pl.DataFrame(
        {"platform": keys, "native_id": number, "title": title, "description": text, "market": market}
    ).select(
        "platform",
        "native_id",
        pl.lit(name).alias("side"),
        pl.concat_str("title", pl.lit(" (simulated)")).alias("title"),
        pl.concat_str("description", pl.lit(" "), "native_id", pl.lit(".")).alias("description"),
        skills=of_job["skills"],
        category=_of_market(plan, [place.categories for place in every], market, columns["occupation"]),
        subcategory=of_job["subcategory"],
        currency=pl.Series(CURRENCIES).gather(columns["currency"]),
        country=_of_market(plan, [place.countries for place in every], market, columns["country"]),
        language=pl.Series(LANGUAGES).gather(language),
        url=pl.concat_str(
            pl.lit("https://"), pl.col("platform").str.slice(4), pl.lit(f".example/{page}/"), "native_id"
        ),
        _occupation=pl.Series(OCCUPATIONS).gather(columns["occupation"]),
        _ai=of_job["_ai"],
        _is_ai=pl.Series(columns["is_ai"]),
        _job=of_job["_job"],
        **mentioned,
        _trap_job=of_job["_trap_job"],
        _hourly=pl.Series(columns["hourly"]),
    )


def _ends(plan: Plan, records: Columns, usd: Floats, day: Ints) -> tuple[Floats, Floats]:
    """Lower and upper end of a request's price in its currency, in the manner of its marketplace."""
    currency, hourly = records["currency"], records["hourly"]
    amount = in_currency(usd, currency, day)
    single = rounded(amount)
    low, high = single.copy(), single.copy()
    style = np.array([place.notation for place in plan.markets])[records["market"]]
    ranged = hourly & np.isin(style, ("dollar", "german", "latin"))
    ranged |= (style == "german") & (records["shape"] < 0.2)
    low = np.where(ranged, np.maximum(np.round(amount * 0.8), 1), low)
    high = np.where(ranged, np.maximum(np.round(amount * 1.25), low + 1), high)
    open_end = (style == "german") & ~hourly & (records["shape"] > 0.9)
    low = np.where(open_end, high + 1, low)
    menu_low, menu_high = menu_steps(amount, currency, hourly)
    in_menu = style == "menu"
    low, high = np.where(in_menu, menu_low, low), np.where(in_menu, menu_high, high)
    latin = (style == "latin") & ~hourly & (currency == CURRENCIES.index("USD"))
    at = np.clip(np.searchsorted(LATIN_MENU, amount, side="right") - 1, 0, len(LATIN_MENU) - 2)
    return np.where(latin, LATIN_MENU[at], low), np.where(latin, LATIN_MENU[at + 1], high)


def _packages(price: Floats, records: Columns, delivery: Ints, hourly: Flags) -> pl.Expr:
    """Three packages of an offer as JSON; offers by the hour have none."""
    steps: list[pl.Expr | pl.Series] = []
    for name, times, more in (("Basic", 1, 0), ("Standard", 2, 2), ("Premium", 4, 5)):
        raw = written(
            price * times,
            price * times,
            records["currency"],
            hourly,
            np.full(len(price), list(NOTATIONS).index("from")),
        )
        steps += [
            pl.lit(f'{{"name": "{name}", "price_raw": "'),
            raw.str.slice(5),
            pl.lit('", "delivery_raw": "'),
            pl.Series(delivery + more).cast(pl.String),
            pl.lit(' days"}'),
            pl.lit("" if name == "Premium" else ", "),
        ]
    return pl.when(~pl.Series(hourly)).then(pl.concat_str(pl.lit("["), *steps, pl.lit("]")))


def _whole_days(days: Floats) -> Ints:
    """The nearest entry of the menu of delivery times."""
    edges = np.sqrt(DELIVERY_MENU[1:] * DELIVERY_MENU[:-1])
    return np.asarray(DELIVERY_MENU[np.searchsorted(edges, days)])


def _in_words(plan: Plan, market: Ints, days: Ints) -> pl.Expr:
    """Days as the marketplace writes them; null where it shows none."""
    forms = pl.Series([place.days for place in plan.markets], dtype=pl.List(pl.String))
    words = [forms.list.get(number).gather(market) for number in (0, 1)]
    unit = pl.when(pl.Series(days == 1)).then(words[0]).otherwise(words[1])
    return pl.concat_str(pl.Series(days).cast(pl.String), pl.lit(" "), unit)


def _notation(plan: Plan, columns: Columns) -> Ints:
    names = list(NOTATIONS)
    return np.array([names.index(place.notation) for place in plan.markets])[columns["market"]]


def _of_market(plan: Plan, words: list[tuple[str, ...]], market: Ints, number: Ints) -> pl.Series:
    """The marketplace's own word for a numbered thing."""
    start = np.cumsum([0, *(len(own) for own in words)])
    flat = pl.Series([word for own in words for word in own])
    return flat.gather(start[market] + number)


def _where(flags: Flags, yes: str, no: str | pl.Expr) -> pl.Expr:
    return pl.when(pl.Series(flags)).then(pl.lit(yes)).otherwise(pl.lit(no) if isinstance(no, str) else no)


def _moments(seconds: Ints) -> pl.Series:
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _stamp(seconds: Ints) -> pl.Series:
    return _moments(seconds).dt.to_string("%Y-%m-%dT%H:%M:%SZ")
