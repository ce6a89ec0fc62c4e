"""Identity is the platform's: one job has one native id, however a file writes it."""

from __future__ import annotations

import polars as pl
import pytest

from scrapers.imports.identity import PLATFORM_IDS, native_id


def ids(form: str, said: list[str | None]) -> list[str | None]:
    return (
        pl.DataFrame({"said": said}, schema={"said": pl.String})
        .select(native_id(pl.col("said"), form))["said"]
        .to_list()
    )


def test_every_way_to_write_a_modern_upwork_id_is_one_id():
    ways = [
        "1898384758533204970",
        " 1898384758533204970 ",
        "~021898384758533204970",
        "%7E021898384758533204970",
        "https://www.upwork.com/jobs/~021898384758533204970",
        "https://www.upwork.com/jobs/Birds-and-bees_~021898384758533204970/?referrer_url_path=/nx/search/jobs/",
        "https://www.upwork.com/freelance-jobs/apply/Birds_%7E021898384758533204970/",
        "https://www.upwork.com/jobs/Birds-span-class-highlight-and-span_~021898384758533204970?source=rss",
    ]
    assert set(ids("upwork", ways)) == {"1898384758533204970"}


def test_an_old_upwork_id_keeps_its_mark():
    ways = [
        "~01d0e5d26196991845",
        "%7E01d0e5d26196991845",
        "https://www.upwork.com/jobs/engineer_%7E01d0e5d26196991845?source=rss",
    ]
    assert set(ids("upwork", ways)) == {"~01d0e5d26196991845"}


def test_what_is_no_upwork_id_is_none():
    assert ids("upwork", [None, "", "12345", "https://www.upwork.com/jobs/", "~03abc"]) == [None] * 5


@pytest.mark.parametrize(
    ("form", "said", "expected"),
    [
        ("workana", "https://www.workana.com/job/mapa-de-trilhas?ref=projects_2", "mapa-de-trilhas"),
        ("workana", "https://www.workana.com/job/mapa-de-trilhas/", "mapa-de-trilhas"),
        ("workana", "mapa-de-trilhas", "mapa-de-trilhas"),
        ("freelancer", "https://www.freelancer.com/projects/php/birds-30211#details", "birds-30211"),
        ("guru", "https://www.guru.com/jobs/count-birds/2104512&SearchUrl=search.aspx", "2104512"),
        ("peopleperhour", "https://www.peopleperhour.com/freelance-jobs/design/birds-4180123", "4180123"),
        ("number", "https://m.example/jobs/81723?x=1", "81723"),
        ("number", "81723", "81723"),
        ("link", "https://m.example/jobs/81723?x=1", "81723"),
    ],
)
def test_ids_in_links(form, said, expected):
    assert ids(form, [said]) == [expected]


def test_a_fiverr_link_becomes_a_hash_without_the_seller_s_name():
    same = [
        "https://www.fiverr.com/Made_Up/count-birds?source=gig",
        "https://www.fiverr.com//made_up/count-birds",
        "https://www.fiverr.com/made_up/count-birds/",
    ]
    found = ids("fiverr", [*same, "https://www.fiverr.com/other/count-birds", None])
    assert len(set(found[:3])) == 1
    assert found[3] not in (None, found[0])
    assert found[4] is None
    assert "made" not in str(found)


def test_forms_are_vectorised_and_keep_order_and_nulls():
    for form in PLATFORM_IDS:
        found = ids(form, [None, "https://m.example/a/b-12345", None])
        assert found[0] is None
        assert found[2] is None
        assert len(found) == 3
