"""The six views on a small invented release: what they say, and what they say when something is missing."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.views.ai_services import marked
from release_fixture import HOSTILE, write_release

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
VIEWS = ("today", "ai_services", "prices", "listings", "sources", "method")


def _view(name: str) -> None:
    import importlib

    from dashboard import release
    from dashboard.scope import Scope

    found = release.load()
    importlib.import_module(f"dashboard.views.{name}").show(Scope(found, found.has_simulated))


def run_view(name: str, **query: str) -> AppTest:
    test = AppTest.from_function(_view, kwargs={"name": name})
    for key, value in query.items():
        test.query_params[key] = value
    test.run(timeout=60)
    assert not test.exception, test.exception
    return test


def run_app() -> AppTest:
    return AppTest.from_file(str(APP)).run(timeout=60)


def words(test: AppTest) -> str:
    """Everything that a page says, whatever the element."""
    kinds = (test.html, test.markdown, test.text, test.caption, test.info, test.error, test.title, test.code)
    said = [getattr(item, "body", None) or item.value for kind in kinds for item in kind]
    return "\n".join(str(part) for part in said)


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standard-release")
    write_release(folder)
    return folder


@pytest.fixture
def home(standard: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one release, shared by tests that only read it."""
    monkeypatch.setenv("GIGS_HOME", str(standard))
    return standard


_SEEN: dict[tuple[str, tuple[tuple[str, str], ...]], AppTest] = {}


def seen(name: str, **query: str) -> AppTest:
    """A view of the shared release as `run_view` draws it, drawn once; for tests that do not click."""
    key = (name, tuple(sorted(query.items())))
    if key not in _SEEN:
        _SEEN[key] = run_view(name, **query)
    return _SEEN[key]


def test_today_opens_with_number_interval_n_and_period(home: Path) -> None:
    said = words(seen("today"))
    assert "In Dec 2024, 19% of requests in “Alpha jobs” asked for AI work" in said
    assert "(95% interval 15% to 23%; 76 of 400)" in said
    assert "not corrected for the classifier" in said


def test_ai_services_ranks_only_what_grew_beyond_its_interval(home: Path) -> None:
    said = words(seen("ai_services"))
    assert "**Grew, largest first:** AI integration." in said
    flat = next(line for line in said.splitlines() if line.startswith("**No clear change"))
    assert "Prompt engineering" in flat and "AI integration" not in flat


def test_ai_services_shows_offers_when_the_link_says_so(home: Path) -> None:
    said = words(seen("ai_services", side="offer"))
    assert "of offers in “Beta gigs” offered AI work" in said
    assert "requests in" not in said


def test_listings_of_one_search_feed_no_share_of_the_market(home: Path) -> None:
    options = seen("ai_services").selectbox(key="chosen_source").options
    assert [option.split(" (")[0] for option in options] == ["Alpha jobs"]


def test_prices_keep_kinds_and_sides_apart(home: Path) -> None:
    test = run_view("prices")
    assert test.selectbox(key="chosen_kind").options == [
        "Fixed budgets, requests (clients)",
        "Hourly rates, requests (clients)",
        "Asking prices, offers (freelancers)",
    ]
    said = words(test)
    assert "median fixed budget of requests in “Alpha jobs”, software and technology, was $335" in said
    test.selectbox(key="chosen_kind").select("rate-request").run(timeout=60)
    assert "median hourly rate of requests in “Alpha jobs”, software and technology, was $70" in words(test)


def test_prices_say_too_few_instead_of_drawing(home: Path) -> None:
    test = seen("prices", kind="budget-request", source="gamma-query")
    assert "Too few: no month and occupation has 30 listings" in words(test)


def test_prices_open_with_the_headline_index_its_interval_and_its_verdict(home: Path) -> None:
    said = words(seen("prices"))
    assert "Fixed budgets of requests were 11.0% higher in 2024-Q4 than in 2022 in nominal terms" in said
    assert "(95% interval +7.0% to +15%; 90 prices; Hedonic)" in said
    assert "precise: the 95% interval is within 5% of the figure" in said


def test_prices_switch_method_deflation_and_money_from_the_link(home: Path) -> None:
    real = words(seen("prices", unit="real"))
    assert "were 11.0% lower in 2024-Q4 than in 2022 in real terms" in real
    money = words(seen("prices", unit="money"))
    assert "were at $278 in 2024-Q4 in nominal terms (95% interval $268 to $288" in money
    chained = words(seen("prices", method="jevons-chained"))
    assert "were 99.0% higher in 2024-Q4" in chained and "lines drift" in chained and "no interval" in chained
    occupation = words(seen("prices", line="occupation:software_tech"))
    assert "Fixed budgets of requests in software and technology were" in occupation


def test_the_ai_premium_comes_with_interval_and_counts(home: Path) -> None:
    said = words(seen("prices"))
    assert "AI work: dearer than comparable listings in 2024-H2, +20%" in said
    assert "120 of 900 prices" in said
    few = words(seen("prices", flag="human_only"))
    assert "Listings that demand human work only: dearer than" not in few


def test_a_method_that_this_version_does_not_know_is_shown_under_its_key(own_home: Path) -> None:
    file = write_release(own_home)
    with duckdb.connect(str(file)) as con:
        con.execute("update price_index set method = 'brand-new' where method = 'geks-jevons'")
    options = run_view("prices", method="brand-new").selectbox(key="chosen_method").options
    assert "brand new" in options


def test_values_left_out_as_possible_defaults_are_told(home: Path) -> None:
    rulings = [
        table.value["Ruling"].to_list()
        for table in seen("prices").dataframe
        if "Ruling" in table.value.columns
    ]
    assert rulings == [["not ruled: left out"]]


def test_the_method_page_shows_scores_and_the_coverage_of_intervals(home: Path) -> None:
    test = seen("method")
    headings = [list(table.value.columns) for table in test.dataframe]
    assert any("F1" in columns for columns in headings)
    covered = next(table.value for table in test.dataframe if "Covered" in table.value.columns)
    assert covered["Covered"].to_list() == [0.951] and covered["Verdict"].to_list() == ["pass"]


def test_listings_are_paged_by_the_database(home: Path) -> None:
    test = seen("listings")
    assert "360 listings fit." in words(test)
    assert len(test.dataframe[0].value) == 50


def test_listings_search_and_filter_from_the_link(home: Path) -> None:
    test = seen("listings", q="CHATBOT", side="offer", category="any")
    table = test.dataframe[0].value
    assert set(table["Side"]) == {"offer"} and set(table["AI work"]) == {"AI integration"}
    nothing = seen("listings", q="100% _no such thing'; drop table listings")
    assert "0 listings fit." in words(nothing)


def test_addresses_that_are_no_web_address_are_not_linked(home: Path) -> None:
    addresses = seen("listings").dataframe[0].value["Address"].dropna().to_list()
    assert addresses and all(url.startswith("https://") for url in addresses)


def test_scraped_text_is_never_markdown(own_home: Path) -> None:
    file = write_release(own_home)
    with duckdb.connect(str(file)) as con:
        con.execute("update listings set title = ?, description = ?", [HOSTILE, HOSTILE])
        con.execute("update listing_ai_categories set evidence = ?", ["cmd; " + HOSTILE])
        con.execute("update sources set title = ?", [HOSTILE])
    for name in VIEWS:
        test = run_view(name)
        told = [*test.markdown, *test.caption, *test.info, *test.error, *test.warning, *test.subheader]
        assert not [item.value for item in told if "evil.example" in item.value], name
        pages = [getattr(item, "body", None) or item.value for item in test.html]
        assert not [body for body in pages if "<img" in body or "<script" in body], name


def test_an_empty_data_folder_names_the_commands_that_fill_it() -> None:
    test = run_app()
    assert not test.exception
    assert "gigs demo" in words(test) and "gigs import" in words(test)


def test_a_damaged_release_is_told_and_not_thrown(own_home: Path) -> None:
    file = write_release(own_home)
    file.write_bytes(file.read_bytes()[:5000])
    test = run_app()
    assert not test.exception
    assert "Next:" in words(test)


def test_a_pointer_to_nothing_is_told_and_not_thrown(own_home: Path) -> None:
    write_release(own_home)
    (own_home / "releases" / "current").write_text("20990101T000000Z\n")
    test = run_app()
    assert not test.exception
    assert "20990101T000000Z" in words(test)


def test_a_release_without_its_listings_is_told(own_home: Path) -> None:
    write_release(own_home, without=["listings"])
    assert "lacks listings" in words(run_app())


@pytest.mark.parametrize(
    ("view", "mart"),
    [
        ("ai_services", "monthly_ai_share"),
        ("prices", "monthly_prices"),
        ("prices", "price_index"),
        ("prices", "ai_premium"),
        ("prices", "price_checks"),
        ("sources", "import_runs"),
        ("sources", "quarantine_reasons"),
        ("sources", "monthly_counts"),
        ("listings", "listing_ai_categories"),
        ("method", "benchmark_points"),
        ("method", "interval_coverage"),
        ("method", "classifier_scores"),
        ("today", "monthly_ai_share"),
        ("today", "monthly_prices"),
    ],
)
def test_a_missing_mart_leaves_a_reason_or_nothing_but_no_error(own_home: Path, view: str, mart: str) -> None:
    write_release(own_home, without=[mart])
    said = words(run_view(view))
    if view in ("ai_services", "prices", "sources") or mart in ("interval_coverage", "classifier_scores"):
        assert f"`{mart}`" in said


def test_a_new_release_is_followed_without_a_restart(own_home: Path) -> None:
    write_release(own_home, release="20250101T060000Z")
    test = run_app()
    assert "Release 20250101T060000Z" in words(test)
    write_release(own_home, release="20250102T060000Z")
    test.run(timeout=60)
    assert "Release 20250102T060000Z" in words(test)


def test_a_link_may_name_an_older_release(own_home: Path) -> None:
    write_release(own_home, release="20250101T060000Z")
    write_release(own_home, release="20250102T060000Z")
    test = AppTest.from_file(str(APP))
    test.query_params["release"] = "20250101T060000Z"
    test.run(timeout=60)
    said = words(test)
    assert "Release 20250101T060000Z" in said
    assert "the newest is 20250102T060000Z" in said


def test_no_connection_is_left_open(own_home: Path) -> None:
    file = write_release(own_home)
    run_view("today")
    # DuckDB refuses a second connection with another mode while one is open in this process.
    with duckdb.connect(str(file), read_only=False) as con:
        con.execute("create table proof (id integer)")


@pytest.mark.parametrize(
    ("body", "evidence", "expected"),
    [
        ("An A.I. tutor", "ai", "An <mark>A.I.</mark> tutor"),
        ("AI-powered shop & more", "ai powered; ai", "<mark>AI-powered</mark> shop &amp; more"),
        ("Email in the air, ai", "ai", "Email in the air, <mark>ai</mark>"),
        ("<b>node.js</b>", "node.js", "&lt;b&gt;<mark>node.js</mark>&lt;/b&gt;"),
        ("We use AI.", "ai", "We use <mark>AI</mark>."),
        ("nothing <here>", None, "nothing &lt;here&gt;"),
    ],
)
def test_words_that_decided_are_marked_as_the_text_writes_them(
    body: str, evidence: str | None, expected: str
) -> None:
    assert marked(body, evidence) == expected


def test_simulated_data_are_marked_on_every_page(own_home: Path) -> None:
    write_release(own_home, simulated="all")
    said = words(run_app())
    assert "SIMULATED DATA" in said and 'role="alert"' in said


def test_real_data_carry_no_simulated_mark(home: Path) -> None:
    assert "SIMULATED" not in words(run_app())


def test_real_and_simulated_are_chosen_and_never_mixed(own_home: Path) -> None:
    write_release(own_home, simulated="beta")
    test = run_app()
    said = words(test)
    assert "Alpha jobs" in said and "Beta gigs" not in said and "SIMULATED" not in said
    test.segmented_control(key="chosen_data").set_value("simulated").run(timeout=60)
    said = words(test)
    assert "SIMULATED DATA" in said and "Beta gigs" in said and "Alpha jobs" not in said


def test_the_query_behind_a_chart_runs_as_it_is_shown(home: Path) -> None:
    test = seen("ai_services")
    queries = [block.value for block in test.code if block.language == "sql"]
    assert len(queries) >= 3
    with duckdb.connect(str(next(home.glob("releases/*/gigs.duckdb"))), read_only=True) as con:
        for query in queries:
            assert con.execute(query).fetchall(), query


def test_views_do_not_depend_on_the_working_folder(home: Path, tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert run_view("today").title[0].value == "Today"
    finally:
        os.chdir(before)
