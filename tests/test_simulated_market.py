"""The simulated market is the same for the same seed, and what was planted is really in it."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scrapers.imports.convert import batches
from scrapers.imports.mapping import find_mapping
from scrapers.simulated import planted
from scrapers.simulated.build import chunks
from scrapers.simulated.draw import Plan
from scrapers.simulated.markets import SimulatedFile, write_markets
from scrapers.simulated.records import write_parquet


@pytest.fixture(scope="module")
def market() -> pl.DataFrame:
    return pl.concat(chunks(Plan(), listings=120_000, seed=11), how="diagonal")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[SimulatedFile]:
    return write_markets(tmp_path_factory.mktemp("markets"), listings=3000, seed=5)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        (tmp_path / name).mkdir()
        write_parquet(tmp_path / name / "market.parquet", listings=3000, seed=seed)
        write_markets(tmp_path / name, listings=600, seed=seed)
    first, again, other = (digests(tmp_path / name) for name in "abc")
    assert first == again
    assert len(first) == 3 + 6 + 2
    assert all(first[name] != other[name] for name in first)


def part_of(market: pl.DataFrame, side: str) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Records of a side that were not edited, with numbers of month and occupation."""
    drawn = market.filter((pl.col("side") == side) & ~pl.col("_sighting").is_in(["edited", "repeated"]))
    occupation = drawn["_occupation"].replace_strict({name: n for n, name in enumerate(planted.OCCUPATIONS)})
    return drawn, drawn["_month"].to_numpy().astype(np.int64), occupation.to_numpy()


def half_years() -> list[tuple[int, int]]:
    return [(begin, begin + 6) for begin in range(0, 90, 6)]


def agrees(drawn: np.ndarray, share: np.ndarray, errors: float = 4.0) -> bool:
    return bool(abs(drawn.sum() - share.sum()) < errors * np.sqrt((share * (1 - share)).sum()) + 1)


def test_ai_share_of_requests_follows_the_planted_curve(market: pl.DataFrame) -> None:
    drawn, month, occupation = part_of(market, "request")
    share = planted.ai_share(month, occupation, np.zeros_like(month))
    is_ai = drawn["_is_ai"].to_numpy()
    for begin, end in half_years():
        part = (month >= begin) & (month < end)
        assert agrees(is_ai[part], share[part]), begin
    jump = is_ai[(month >= 47) & (month < 50)].mean() - is_ai[(month >= 44) & (month < 47)].mean()
    assert jump > 0.03
    assert ((drawn["_ai"] != "").to_numpy() == is_ai).all()


def test_offers_carry_the_ai_share_of_the_month_they_began(market: pl.DataFrame) -> None:
    drawn, month, occupation = part_of(market, "offer")
    months = np.arange(90)
    of_stock = np.stack([planted.ai_share_of_stock(months, o) for o in range(len(planted.OCCUPATIONS))])
    is_ai = drawn["_is_ai"].to_numpy()
    # Sightings of one gig are no independent draws: count gigs, not sightings.
    for begin, end in half_years():
        part = (month >= begin) & (month < end)
        n_gigs = drawn["native_id"].to_numpy()[part].astype(str)
        expected = of_stock[occupation[part], month[part]]
        error = np.sqrt(expected.mean() * (1 - expected.mean()) / len(set(n_gigs)))
        assert abs(is_ai[part].mean() - expected.mean()) < 4.5 * error, begin


def test_prices_drift_as_planted(market: pl.DataFrame) -> None:
    for side in planted.SIDES:
        drawn, month, occupation = part_of(market, side)
        is_ai = drawn["_is_ai"].to_numpy()
        for kind in drawn["_kind"].unique().to_list():
            of_kind = (drawn["_kind"] == kind).to_numpy()
            mean = planted.log_price(kind, month, occupation, is_ai)
            error = np.log(drawn["_usd"].to_numpy()) - mean
            spread = planted.SPREAD[kind] + 0.1
            n_groups = drawn["native_id"].n_unique() / drawn.height
            for begin, end in half_years():
                part = of_kind & (month >= begin) & (month < end)
                level = error[part].mean()
                if side == "offer":
                    cheap = drawn["_entry_month"].to_numpy()[part] >= planted.EVENT_MONTH
                    level += planted.ENTRANT_DISCOUNT * cheap.mean()
                else:
                    level -= 0.2 * planted.LEVEL_EFFECT[2] + 0.3 * planted.LEVEL_EFFECT[0]
                assert abs(level) < 4.5 * spread / np.sqrt(part.sum() * n_groups), (kind, begin)


def test_prices_seen_again_move_by_the_drift_alone(market: pl.DataFrame) -> None:
    drawn, month, occupation = part_of(market, "offer")
    frame = drawn.select("native_id", usd=pl.col("_usd").log()).with_columns(
        month=pl.Series(month), fall=pl.Series(planted.exposed_price(month, occupation))
    )
    for kind in ("ask", "rate"):
        of_kind = frame.filter(drawn["_kind"] == kind).drop_nulls()
        early, late = of_kind.filter(month=60), of_kind.filter(month=72)
        pairs = early.join(late, on="native_id", suffix="_late")
        moved = (pairs["usd_late"] - pairs["usd"] - pairs["fall_late"] + pairs["fall"]).mean()
        planned = planted.drift(kind, np.array([72])) - planted.drift(kind, np.array([60]))
        assert pairs.height > 25
        assert abs(moved - planned[0]) < 4 * 0.03 * np.sqrt(2 / pairs.height)


def test_demand_of_exposed_occupations_falls(market: pl.DataFrame) -> None:
    _, month, occupation = part_of(market, "request")
    for number, fall in enumerate(planted.VOLUME_FALL):
        before = ((occupation == number) & (month >= 36) & (month < 47)).sum() / 11
        after = ((occupation == number) & (month >= 71) & (month < 90)).sum() / 19
        ratio = after / before / np.exp(0.003 * (80 - 41))
        assert abs(ratio - (1 - fall)) < 4 * np.sqrt(1 / (19 * after) + 1 / (11 * before)) + 0.02


def test_bids_urgency_delivery_and_stance_follow_their_curves(market: pl.DataFrame) -> None:
    drawn, month, occupation = part_of(market, "request")
    assert agrees(drawn["_is_urgent"].to_numpy(), planted.urgent_share(month))
    for group, names in planted.MENTIONS.items():
        shares = planted.mention_shares(group, month, occupation)
        if group == "stance":
            shares[0] *= ~drawn["_is_ai"].to_numpy()
        for name, share in zip(names, shares, strict=True):
            if group != "trap":  # some traps exist in English only
                assert agrees((drawn[f"_{group}"] == name).fill_null(False).to_numpy(), share), name
    asked = np.log(drawn["_asked_days"].to_numpy())
    assert asked.mean() == pytest.approx(
        np.log(planted.ASKED_FACTOR * planted.delivery_days(month)).mean(), abs=0.05
    )
    bids = drawn.filter(pl.col("bids").is_not_null() & pl.col("_broken").is_null())
    expected = planted.mean_bids(bids["_month"].to_numpy()).mean()
    assert bids["bids"].cast(pl.Int64).mean() == pytest.approx(expected, rel=0.03)
    offered, seen, _ = part_of(market, "offer")
    for begin in (0, 84):
        days = offered["_delivery_days"].to_numpy()[(seen >= begin) & (seen < begin + 6)]
        assert np.log(days).mean() == pytest.approx(
            np.log(planted.delivery_days(np.arange(begin, begin + 6))).mean(), abs=0.12
        )


def test_entrants_after_the_event_ask_less(market: pl.DataFrame) -> None:
    drawn, month, occupation = part_of(market, "offer")
    mean = planted.log_price("ask", month, occupation, drawn["_is_ai"].to_numpy())
    error = np.log(drawn["_usd"].to_numpy()) - mean
    chosen = (drawn["_kind"] == "ask").to_numpy() & (month >= 60)
    is_cheap = drawn["_entry_month"].to_numpy() >= planted.EVENT_MONTH
    gap = error[chosen & is_cheap].mean() - error[chosen & ~is_cheap].mean()
    assert abs(gap + planted.ENTRANT_DISCOUNT) < 0.12
    gaps = planted.entrant_gap(np.arange(90), 0)
    assert gaps[46] == 0 and gaps[47] < -0.12 and gaps[47] < gaps[60] < gaps[89] < 0


def test_traps_categories_and_languages_are_there(market: pl.DataFrame) -> None:
    traps = set(market["_trap"].drop_nulls().unique()) | set(market["_trap_job"].drop_nulls().unique())
    assert traps >= {"illustrator", "prompt_reply", "not_a_bot", "ai_client", "bot_without_model"}
    keys = set("|".join(market["_ai"].unique()).split("|")) - {""}
    assert keys == {
        "prompt_engineering", "ai_content_editing", "ai_content_creation", "ai_marketing", "ai_design",
        "ai_audio_video", "ai_consulting", "ai_integration", "ai_model_development", "ai_data_annotation",
    }  # fmt: skip
    assert set(market["language"].unique()) == {"en", "es", "pt", "de", "fr", "ru", "th"}
    assert all(
        set(market[f"_{group}"].drop_nulls().unique()) == set(names)
        for group, names in planted.MENTIONS.items()
    )
    vector = market.filter(pl.col("_job") == "illustrator_vector")
    assert vector.height > 100 and not vector["_is_ai"].any()
    assert vector["title"].drop_nulls().str.contains(r"(?i)\b(ai|illustrator)\b").mean() > 0.9
    assert market["title"].drop_nulls().str.ends_with(" (simulated)").all()


def test_texts_are_whole(market: pl.DataFrame) -> None:
    said = market.select("title", "description").drop_nulls()
    for name in said.columns:
        assert not said[name].str.contains("[{}]|  |^ | $").any(), name
        assert said[name].str.len_chars().min() >= (len("x (simulated)") + 5 if name == "title" else 40)
    mean = said["description"].str.len_chars().mean()
    print(f"descriptions have {mean:.0f} characters on average")
    assert 600 < mean < 740
    nothing = market.filter(pl.col("title").is_null())
    assert (nothing["_broken"] == "empty").all() and nothing.height > 50


def test_reposts_edits_and_repeats(market: pl.DataFrame) -> None:
    requests = market.filter(pl.col("side") == "request")
    sightings = dict(requests["_sighting"].value_counts().iter_rows())
    assert sightings["edited"] > 500 and sightings["repeated"] > 500
    reposts = requests.filter(pl.col("_repost_of").is_not_null() & pl.col("_broken").is_null())
    pairs = reposts.join(
        requests.filter(pl.col("_sighting") == "first"), left_on="_repost_of", right_on="native_id"
    )
    posted = [
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False)
        for name in ("posted_raw", "posted_raw_right")
    ]
    days = pairs.select((posted[0] - posted[1]).dt.total_days()).to_series().drop_nulls()
    assert pairs.height > 500 and days.min() >= 2 and days.max() <= 20
    assert (pairs["title"] == pairs["title_right"]).fill_null(True).all()
    assert requests.filter(pl.col("_sighting") == "first")["native_id"].drop_nulls().is_unique().all()


@pytest.mark.parametrize("file_number", range(6))
def test_shipped_mappings_import_every_record(files: list[SimulatedFile], file_number: int) -> None:
    file = files[file_number]
    plan = find_mapping(file.dataset).for_file(file.path.name)
    found = list(batches(file.path, plan))
    listings = pl.concat([batch.listings for batch in found])
    assert plan.source.is_simulated and plan.source.platform == file.platform
    assert sum(batch.n_seen for batch in found) == file.n_records
    assert listings.height >= 0.98 * file.n_records
    assert listings["title"].str.contains("(simul", literal=True).all()
    for name in ("native_id", "description", "category_raw", "price_raw", "author_id", "observed_at"):
        assert listings[name].null_count() <= 0.005 * listings.height, name


def test_one_parquet_imports_with_its_mapping(tmp_path: Path) -> None:
    written = write_parquet(tmp_path / "market.parquet", listings=2000, seed=2, until=date(2024, 1, 31))
    plan = find_mapping("simulated").for_file(written.path.name)
    listings = pl.concat([batch.listings for batch in batches(written.path, plan)])
    assert set(listings["side"].unique()) == {"request", "offer"}
    assert listings["platform"].str.starts_with("sim_").all()
    assert listings["observed_at"].max().date() <= date(2024, 1, 31)
    truth = json.loads(written.truth.read_text(encoding="utf-8"))
    assert sum(cell["n"] for cell in truth["drawn"]) == written.n_records == 2000
