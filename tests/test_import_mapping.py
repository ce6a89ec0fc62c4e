"""A mapping says how columns become fields; a mistake in it is found before anything is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from scrapers.errors import ConfigError, GigsError, UsageError
from scrapers.imports.convert import batches
from scrapers.imports.mapping import Mapping, find_mapping, known_mappings, read_mapping

HEAD = '[source]\nplatform = "m"\nside = "request"\n'


def convert(folder: Path, records: list[dict[str, object]], mapping: str, name: str = "jobs.jsonl"):
    """Listings and rejects that a mapping makes of JSON lines."""
    path = folder / name
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    found = list(batches(path, Mapping("m", mapping, "m.toml").for_file(name)))
    listings = [row for batch in found for row in batch.listings.to_dicts()]
    return listings, [row for batch in found for row in batch.rejects.to_dicts()]


def one(folder: Path, record: dict[str, object], field: str, rule: str) -> object:
    fields = "" if field == "title" else 'title = { value = "T" }\n'
    listings, rejects = convert(
        folder, [record], f'{HEAD}[file]\nformat = "jsonl"\n[fields]\n{fields}{field} = {rule}'
    )
    assert rejects == []
    return listings[0][field]


@pytest.mark.parametrize(
    ("field", "record", "rule", "expected"),
    [
        ("title", {"t": "  A  "}, '"t"', "A"),
        ("title", {"a": None, "b": "B"}, '{ column = ["a", "b"] }', "B"),
        ("title", {"b": "B"}, '{ column = ["a", "b"] }', "B"),
        ("price_raw", {"low": "8.0", "high": "20.0"}, '{ template = "{low} - {high}" }', "8.0 - 20.0"),
        ("price_raw", {"low": "8", "high": ""}, '[{ template = "{low} - {high}" }, "low"]', "8"),
        ("price_raw", {"p": "0.0"}, '"p"', "0.0"),
        ("price_raw", {"p": "N/A"}, '{ column = "p", null = ["N/A"] }', None),
        ("price_raw", {"p": "5", "k": "HOURLY"}, '{ column = "p", when = { k = "FIXED" } }', None),
        ("price_raw", {"p": "5", "k": "FIXED"}, '{ column = "p", when = { k = ["X", "FIXED"] } }', "5"),
        ("price_raw", {"q": "5"}, '[{ column = "p", optional = true }, "q"]', "5"),
        ("level_raw", {"t": "Hourly - Expert ($)"}, "{ column = \"t\", extract = ' - (.+?) \\(' }", "Expert"),
        ("level_raw", {"t": "none"}, "{ column = \"t\", extract = ' - (.+?) \\(' }", None),
        ("level_raw", {"t": "1"}, '{ column = "t", values = { 1 = "Entry" } }', "Entry"),
        ("level_raw", {"t": "2"}, '{ column = "t", values = { 1 = "Entry" } }', "2"),
        ("title", {"t": "H^a^H &amp;"}, "{ column = \"t\", replace = { 'H\\^|\\^H' = \"\" } }", "a &amp;"),
        ("title", {"t": "a < b &amp; c"}, '{ column = "t", text = "entities" }', "a < b & c"),
        ("description", {"t": "One<br />two<p>&lt;$50"}, '{ column = "t", text = "html" }', "One\ntwo\n<$50"),
        ("description", {"t": "donâ€™t stop"}, '{ column = "t", mojibake = true }', "don’t stop"),
        ("skills", {"t": "SEO, Ads ,,"}, '{ column = "t", split = "," }', ["SEO", "Ads"]),
        ("skills", {"t": "['Node.js', \"d'oh\"]"}, '{ column = "t", split = "python" }', ["Node.js", "d'oh"]),
        ("skills", {"t": ["a", " b"]}, '{ column = "t", split = "json" }', ["a", "b"]),
        ("skills", {"t": [{"n": "a"}, {"n": "b"}]}, '{ column = "t[].n", split = "json" }', ["a", "b"]),
        ("skills", {"t": "plain words"}, '{ column = "t", split = "json" }', ["plain words"]),
        ("observed_at", {"t": 86400}, '{ column = "t", time = "epoch" }', datetime(1970, 1, 2, tzinfo=UTC)),
        ("observed_at", {"t": "2024-05-13 09:00"}, '"t"', datetime(2024, 5, 13, 9, tzinfo=UTC)),
        ("observed_at", {"t": "2024-05-13T09:00:00+02:00"}, '"t"', datetime(2024, 5, 13, 7, tzinfo=UTC)),
        (
            "observed_at",
            {"t": "13.05.2024"},
            '{ column = "t", time = "%d.%m.%Y", zone = "America/Sao_Paulo" }',
            datetime(2024, 5, 13, 3, tzinfo=UTC),
        ),
        ("is_converted", {"t": "yes"}, '"t"', True),
        ("is_converted", {}, "{ value = false }", False),
        ("posted_raw", {"t": 1690239229000}, '"t"', "1690239229000"),
    ],
)  # fmt: skip
def test_verbs(tmp_path, field, record, rule, expected):
    assert one(tmp_path, record | {"filler": "x"}, field, rule) == expected


def test_facts_of_the_source_fill_what_records_do_not_say(tmp_path):
    mapping = """
    [source]
    platform = "m"
    side = "offer"
    engagement = "contract"
    frame = "query"
    frame_query = "logo"
    [fields]
    title = "t"
    engagement = "e"
    posted_raw = "d"
    """
    listings, _ = convert(
        tmp_path, [{"t": "A", "e": None, "d": "today"}, {"t": "B", "e": "gig", "d": None}], mapping
    )
    assert [row["engagement"] for row in listings] == ["contract", "gig"]
    assert [row["posted_origin"] for row in listings] == ["file", None]
    assert {row["frame_query"] for row in listings} == {"logo"}
    assert {row["side"] for row in listings} == {"offer"}


def test_records_that_do_not_fit_are_rejected_with_field_and_reason(tmp_path):
    mapping = '[source]\nplatform = "m"\nside = "both"\n[fields]\ntitle = "t"\nside = "s"\nobserved_at = "o"'
    records = [
        {"t": "A", "s": "request", "o": "2024-05-13"},
        {"t": "B", "s": "buyer", "o": "2024-05-13"},
        {"t": "C", "s": None, "o": "soon"},
        {"t": " ", "s": "offer", "o": None},
        {"t": "x" * 1_000_001, "s": "offer", "o": None},
    ]
    listings, rejects = convert(tmp_path, records, mapping)
    assert [row["line"] for row in listings] == [1]
    assert [(row["line"], row["field"]) for row in rejects] == [
        (2, "side"), (3, "side"), (3, "observed_at"), (4, "title"), (5, "title"),
    ]  # fmt: skip
    assert {row["reason"] for row in rejects if row["line"] == 2} == {"is none of request or offer"}


def test_an_offer_with_a_category_alone_is_kept(tmp_path):
    listings, rejects = convert(
        tmp_path, [{"c": "Design"}, {"c": None}], HEAD + '[fields]\ncategory_raw = "c"'
    )
    assert [row["category_raw"] for row in listings] == ["Design"]
    assert [row["line"] for row in rejects] == [2]


def test_columns_with_a_field_s_name_are_taken_as_they_are(tmp_path):
    path = tmp_path / "listings.parquet"
    pl.DataFrame(
        {
            "platform": ["a", "b"],
            "title": ["A", "B"],
            "skills": [["x"], None],
            "observed_at": [datetime(2024, 1, 1, tzinfo=UTC)] * 2,
            "is_converted": [True, None],
            "unrelated": [1, 2],
        }
    ).write_parquet(path)
    plan = Mapping("m", "same_names = true\n" + HEAD, "m.toml").for_file(path.name)
    (batch,) = batches(path, plan)
    assert batch.listings["platform"].to_list() == ["a", "b"]
    assert batch.listings["skills"].to_list() == [["x"], None]
    assert batch.listings["is_converted"].to_list() == [True, None]
    assert batch.listings["observed_at"][0] == datetime(2024, 1, 1, tzinfo=UTC)


def test_variants_change_what_differs_by_file_name():
    mapping = Mapping(
        "m",
        HEAD
        + """
    [fields]
    title = "t"
    posted_raw = "d"
    [[variants]]
    files = ["b_*"]
    source = { name = "m_b", currency = "USD" }
    file = { delimiter = ";" }
    fields = { title = "u" }
    """,
        "m.toml",
    )
    plain, other = mapping.for_file("a_1.csv"), mapping.for_file("b_1.csv")
    assert (plain.source.name, plain.source.currency, plain.file.delimiter) == ("m", None, None)
    assert (other.source.name, other.source.currency, other.file.delimiter) == ("m_b", "USD", ";")
    assert other.fields["title"][0].column == ("u",)
    assert other.fields["posted_raw"] == plain.fields["posted_raw"]


FIELDS = '[fields]\ntitle = "t"\n'
WRONG = {
    "no TOML": ("[source\n", "no valid TOML"),
    "unknown table": (HEAD + FIELDS + "[feilds]\nx = 1\n", "unknown key feilds.*did you mean 'fields'"),
    "unknown source fact": (
        '[source]\nplatfrom = "m"\n' + FIELDS,
        "source.platfrom.*did you mean 'platform'",
    ),
    "no platform": ('[source]\ntitle = "m"\n' + FIELDS, "source.platform is missing"),
    "unknown file option": (HEAD + FIELDS + '[file]\ndelimeter = ";"\n', "file.delimeter.*'delimiter'"),
    "unknown format": (HEAD + FIELDS + '[file]\nformat = "xls"\n', "file.format 'xls' is unknown"),
    "unknown frame": (HEAD + 'frame = "fulll"\n' + FIELDS, "source.frame 'fulll'.*did you mean 'full'"),
    "unknown field": (HEAD + '[fields]\ntitel = "t"\n', "fields.titel is no field.*did you mean 'title'"),
    "unknown verb": (HEAD + '[fields]\ntitle = { colum = "t" }\n', "unknown verb 'colum'.*'column'"),
    "two sources of text": (HEAD + '[fields]\ntitle = { column = "t", value = "x" }\n', "exactly one"),
    "wrong type": (HEAD + '[fields]\ntitle = { column = "t", null = "x" }\n', "title.null.*wrong type"),
    "a number": (HEAD + "[fields]\ntitle = 5\n", "5 is no rule"),
    "bad pattern": (HEAD + '[fields]\ntitle = { column = "t", extract = "(" }\n', "no regular expression"),
    "no group": (HEAD + '[fields]\ntitle = { column = "t", extract = "a+" }\n', "has no group"),
    "bad zone": (HEAD + '[fields]\nobserved_at = { column = "t", zone = "Mars" }\n', "no time zone"),
    "unknown id form": (HEAD + '[fields]\nnative_id = { column = "t", id_of = "upwrok" }\n', "mean 'upwork'"),
    "no fields": (HEAD, r"no \[fields\]"),
    "points without benchmark": (HEAD + FIELDS + '[[points]]\nunit = "x"\n', r"points\[1\] lacks"),
    "unknown kind": ('kind = "listing"\n' + HEAD + FIELDS, "did you mean 'listings'"),
    "variant without files": (HEAD + FIELDS + "[[variants]]\n", "lacks `files`"),
    "mistake in a variant": (
        HEAD + FIELDS + '[[variants]]\nfiles = ["x"]\nfields = { titel = "t" }\n',
        "fields.titel",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_mistake_in_a_mapping_names_file_and_key(kind):
    text, expected = WRONG[kind]
    with pytest.raises(ConfigError, match=r"(?s)m\.toml.*" + expected) as caught:
        Mapping("m", text, "m.toml")
    assert caught.value.exit_code == 3
    assert caught.value.hint


def test_a_list_field_needs_a_list(tmp_path):
    with pytest.raises(ConfigError, match=r"fields\.skills is a list"):
        convert(tmp_path, [{"t": "a"}], HEAD + '[fields]\ntitle = "t"\nskills = "t"')


def test_a_key_that_only_later_records_have(tmp_path):
    records: list[dict[str, object]] = [{"t": "A"}] * 20_000 + [{"t": "B", "p": "5"}]
    mapping = HEAD + '[fields]\ntitle = "t"\nprice_raw = { column = "p", optional = true }'
    listings, _ = convert(tmp_path, records, mapping)
    assert [listings[0]["price_raw"], listings[-1]["price_raw"]] == [None, "5"]
    back, _ = convert(tmp_path, records[::-1], HEAD + '[fields]\ntitle = "t"\nprice_raw = "p"')
    assert [back[0]["price_raw"], back[-1]["price_raw"]] == ["5", None]
    with pytest.raises(GigsError, match="lacks: p"):
        convert(tmp_path, records, HEAD + '[fields]\ntitle = "t"\nprice_raw = "p"')


def test_mappings_are_found_by_name_and_one_s_own_come_first(tmp_path):
    own = tmp_path / "datasets"
    own.mkdir()
    (own / "my_market.toml").write_text(HEAD + FIELDS)
    (own / "upwork_kadiroruc.toml").write_text(HEAD + FIELDS)
    assert find_mapping("my_market", own).kind == "listings"
    assert find_mapping("upwork_kadiroruc", own).for_file("x").source.platform == "m"
    with pytest.raises(UsageError, match="did you mean 'my_market'"):
        find_mapping("my_markt", own)
    with pytest.raises(ConfigError, match="there is no mapping"):
        read_mapping(own / "none.toml")


def test_every_shipped_mapping_is_valid_and_described():
    known = known_mappings()
    assert len(known) >= 16
    for name in known:
        mapping = find_mapping(name)
        first = Path(mapping.where).read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# "), f"{name} does not begin by saying what it is"


def test_a_constant_time_is_every_record_s(tmp_path):
    rule = 'title = "t"\nobserved_at = { value = "2024-05-13T09:00:00Z" }'
    listings, _ = convert(tmp_path, [{"t": "A"}, {"t": "B"}], HEAD + "[fields]\n" + rule)
    assert {row["observed_at"] for row in listings} == {datetime(2024, 5, 13, 9, tzinfo=UTC)}
