"""`gigs inspect` finds what is in an unknown file, and its draft imports that file as it is."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from dags.cli import main
from scrapers.imports.convert import batches
from scrapers.imports.draft import draft
from scrapers.imports.guess import guess_fields
from scrapers.imports.mapping import Mapping
from scrapers.imports.profile import profile
from warehouse import home

GERMAN = """Titel;Beschreibung;Preis;Datum;Kategorie;Auftraggeber;Link;Stichworte;Gebote
Logo für Bäckerei;"Wir brauchen ein Logo.
Fragen an anna@example.org";1.200 EUR;12.03.2024;Design;Anna B.;https://gigs.example/jobs/81723;logo, brand;4
Blogtexte;Über Reisen &amp; Essen;25 € / Std.;25.03.2024;Texten;Bob;https://gigs.example/jobs/81724;seo;12
Shop reparieren;Warenkorb geht nicht;ab 300 EUR;26.03.2024;Web;Carl;https://gigs.example/jobs/81725;php;0
"""


def gigs(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def german(tmp_path: Path) -> Path:
    path = tmp_path / "auftraege.csv"
    path.write_bytes(GERMAN.encode("cp1252"))
    return path


def test_format_columns_shapes_and_guesses(german, own_home, capsys):
    code, out, _ = gigs(capsys, "inspect", german, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["format"], found["encoding"], found["delimiter"]) == ("csv", "cp1252", ";")
    assert (found["n_records"], found["n_malformed"]) == (2, 1)  # the entity holds the delimiter
    by_name = {row["column"]: row for row in found["columns"]}
    assert by_name["Preis"]["money"] == "marked"
    assert by_name["Datum"]["date"] == "numeric"
    assert by_name["Titel"]["filled"] == 1
    guesses = {row["column"]: row["field"] for row in found["columns"]}
    assert guesses["Titel"] == "title"
    assert guesses["Beschreibung"] == "description"
    assert guesses["Preis"] == "price_raw"
    assert guesses["Kategorie"] == "category_raw"
    assert guesses["Gebote"] == "bids_raw"
    assert guesses["Link"] == "url"


def test_examples_hold_no_contact_details_and_no_names(german, capsys):
    _, out, _ = gigs(capsys, "inspect", german)
    assert "[email]" in out
    assert "anna@example.org" not in out
    english = german.with_name("jobs.csv")
    english.write_text("title,employer\nGulls,Jane Made-Up\nTerns,John Made-Up\n")
    _, out, _ = gigs(capsys, "inspect", english)
    assert "Made-Up" not in out


def test_a_draft_imports_its_file_as_it_is(german, own_home, capsys):
    code, out, err = gigs(capsys, "inspect", german, "--draft", "bird_jobs")
    assert code == 0, err
    text = (home.datasets() / "bird_jobs.toml").read_text(encoding="utf-8")
    assert "DECIDE" in text
    assert 'date_order = "DMY"' in text
    assert "Draft written to" in out
    code, out, err = gigs(capsys, "import", german, "--dataset", "bird_jobs", "--json")
    assert code == 0, err
    (file,) = json.loads(out)["files"]
    assert (file["n_seen"], file["n_new"], file["n_quarantined"]) == (3, 2, 1)


def test_a_draft_is_not_replaced_unasked(german, own_home, capsys):
    assert gigs(capsys, "inspect", german, "--draft", "mine")[0] == 0
    (home.datasets() / "mine.toml").write_text("# finished by hand")
    code, _, err = gigs(capsys, "inspect", german, "--draft", "mine")
    assert code == 2
    assert "--force" in err
    assert (home.datasets() / "mine.toml").read_text() == "# finished by hand"
    assert gigs(capsys, "inspect", german, "--draft", "mine", "--force")[0] == 0
    assert gigs(capsys, "inspect", german, "--draft", "My Market!")[0] == 2


def drafted(path: Path, name: str = "m") -> tuple[pl.DataFrame, str]:
    """Listings that a draft makes of its file, and the draft."""
    text = draft(profile(path), name)
    found = list(batches(path, Mapping(name, text, "m.toml").for_file(path.name)))
    return pl.concat([batch.listings for batch in found]), text


def test_a_draft_of_offers_with_a_price_in_two_columns(tmp_path):
    path = tmp_path / "gigs_2024-03-09.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["gig_id", "gig_title", "priceMin", "priceMax", "seller_level", "seller_name", "rating"]
        )
        for n in range(40):
            rows.writerow([f"g{n:03}", f"I will draw bird number {n}", 5 + n, 50 + n, "Level 2", "x", "4.9"])
    listings, text = drafted(path)
    assert listings.height == 40
    first = listings.row(0, named=True)
    assert first["side"] == "offer"
    assert first["native_id"] == "g000"
    assert first["price_raw"] == "5 - 50"
    assert first["observed_at"].isoformat() == "2024-03-09T12:00:00+00:00"
    assert first["author_level_raw"] == "Level 2"
    assert first["currency_raw"] is None
    assert '# currency = "USD"  # DECIDE' in text


def test_a_draft_of_upwork_links_knows_their_ids(tmp_path):
    path = tmp_path / "jobs.jsonl"
    link = "https://www.upwork.com/jobs/Birds_~02189838475853320{:04}/?referrer=x"
    with path.open("w") as file:
        for n in range(40):
            skills = [{"uid": str(n), "prefLabel": "Birds"}, {"uid": "0", "prefLabel": "R"}]
            job = {"name": f"Count birds of island {n}", "link": link.format(n), "skills": skills}
            file.write(json.dumps(job | {"pay": {"hourlyMin": 5, "hourlyMax": 9, "totalSpent": "$5"}}) + "\n")
    listings, text = drafted(path)
    assert listings["native_id"][0] == "1898384758533200000"
    assert listings["skills"][0].to_list() == ["Birds", "R"]
    assert 'currency = "USD"' in text
    assert "totalSpent" not in text.split("# Columns that no field takes")[0]


def test_records_in_a_document_and_the_largest_table_are_found(tmp_path):
    path = tmp_path / "answer.json"
    jobs = [{"id": str(n), "title": f"Bird {n}"} for n in range(30)]
    path.write_text(json.dumps({"meta": {"tags": [{"a": 1}]}, "data": {"jobs": jobs}}))
    listings, text = drafted(path)
    assert listings.height == 30
    assert 'path = "data.jobs"' in text
    assert "DECIDE: records are at data.jobs: 30; meta.tags: 1" in text
    path = tmp_path / "jobs.db"
    con = sqlite3.connect(path)
    con.execute("create table settings (k text)")
    con.execute("create table vagas (id integer, titulo text, link text)")
    rows = [
        (n + 1, f"Contar gaivotas da ilha {n}", f"https://m.example/job/ilha-{n}?ref=1") for n in range(30)
    ]
    con.executemany("insert into vagas values (?, ?, ?)", rows)
    con.commit()
    con.close()
    listings, text = drafted(path)
    assert 'table = "vagas"' in text
    assert listings["native_id"][0] == "ilha-0"  # the id column only numbers the rows


def test_a_file_that_holds_nothing_is_an_error(tmp_path, capsys):
    path = tmp_path / "jobs.csv"
    path.write_text("title,price\n")
    code, _, err = gigs(capsys, "inspect", path)
    assert code == 1
    assert "no record" in err
    assert gigs(capsys, "inspect", tmp_path)[0] == 1


def test_headings_of_another_language_are_understood() -> None:
    frame = pl.DataFrame(
        {
            "Job-Nr": [f"A{n}" for n in range(40)],
            "Projekt": ["Logo", "Webseite", "Text", "Tabelle"] * 10,
            "Beschreibung": [f"Wir suchen Hilfe bei Aufgabe {n} und freuen uns." for n in range(40)],
            "Budget": [f"{n + 1}.000,50 €" for n in range(40)],
            "Eingestellt am": [f"{n % 28 + 1:02}.03.2025" for n in range(40)],
            "Angebote": [str(n % 7) for n in range(40)],
            "Faehigkeiten": ["php, css"] * 40,
            "Kunde": [f"k{n % 9}" for n in range(40)],
        }
    )
    assert guess_fields(frame).fields == {
        "native_id": "Job-Nr",
        "title": "Projekt",
        "description": "Beschreibung",
        "price_raw": "Budget",
        "posted_raw": "Eingestellt am",
        "bids_raw": "Angebote",
        "skills": "Faehigkeiten",
        "author_id": "Kunde",
    }


def test_a_single_date_is_the_posting_date_unless_it_is_a_deadline() -> None:
    days = [f"2025-03-{n % 28 + 1:02}" for n in range(40)]
    texts = [f"Words about work number {n}" for n in range(40)]
    assert guess_fields(pl.DataFrame({"what": texts, "day": days})).fields["posted_raw"] == "day"
    assert "posted_raw" not in guess_fields(pl.DataFrame({"what": texts, "ends": days})).fields
