"""The classifier decides after the codebook, says why, and is not upset by odd texts or wrong seeds."""

from __future__ import annotations

import csv
import shutil
import time
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from dags.commands.classify import command
from scrapers.errors import ConfigError, UsageError
from transform.steps.classify import (
    SEED_NAMES,
    SEEDS,
    classify,
    compile_statement,
    connect,
    frame_of,
    languages,
    read_seed,
    split_skills,
)
from transform.steps.classify_seeds import check_seeds
from transform.steps.classify_table import classify_file


@pytest.fixture(scope="module")
def together() -> dict[str, dict[str, object]]:
    """Many short listings decided in one go, by a name."""
    listings = {
        "chatbot": ("GPT chatbot for our shop", "Answers customers with the OpenAI API on our website."),
        "yolo": ("Train a YOLO model", "Object detection of fruit in PyTorch; the images are labelled."),
        "midjourney": ("Midjourney illustrations", "Twenty AI generated images for a card game."),
        "annotate": ("Label images for object detection", "Draw bounding boxes in CVAT."),
        "teach": ("Teach my team ChatGPT", "A workshop about using AI at work."),
        "humanize": ("Humanize AI articles", "Edit ChatGPT drafts so that they sound human."),
        "no_ai": ("Writer, human written only", "No AI generated content, no ChatGPT."),
        "cursor": ("React developer", "We expect you to use AI coding tools like Cursor and Copilot."),
        "spanish": ("Chatbot con inteligencia artificial", "Necesito un agente de IA para WhatsApp."),
        "russian": ("Чат-бот с ИИ для Telegram", "Бот на GPT отвечает клиентам."),
        "thai": ("พัฒนาแชทบอท AI", "รับทำแชทบอท AI ตอบลูกค้า"),
        "illustrator": ("Vector logo", "Deliver .ai files and EPS made in Adobe Illustrator."),
        "prompt": ("Assistant with prompt replies", "Be prompt and reliable, answer emails in the evening."),
        "proposals": ("Android developer", "AI-generated proposals will be rejected."),
        "names": ("Data entry from air tickets", "Email, business intelligence, rain, dragon, maintain."),
        "enemies": ("Unity developer", "Improve the enemy AI of our shooter."),
        "trading": ("Crypto arbitrage bot", "Watch two exchanges and trade the difference."),
        "teach_staff": ("Teach our nurses ChatGPT", ""),
        "lora": ("Flux LoRA of our mascot", ""),
        "library": ("Keras engineer", ""),
        "answers": ("Get our brand cited by ChatGPT", ""),
        "radio": ("Sensor firmware", "A LoRa module sends the moisture; the LoRa gateway is on the barn."),
        "undetected": ("I will humanize AI text", "Passes all AI detectors."),
        "detector": ("Article writer", "All articles must pass Copyleaks and Originality.ai."),
        "faster": ("Shop developer", "I use AI tools, so you pay for fewer hours."),
    }
    frame = pl.DataFrame(
        [
            {"listing_id": name, "title": title, "description": text, "skills": [], "native_category": None}
            for name, (title, text) in listings.items()
        ],
        schema=frame_of([]).schema,
    )
    return {row["listing_id"]: row for row in classify(frame).iter_rows(named=True)}


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("chatbot", "ai_integration"),
        ("yolo", "ai_model_development"),
        ("midjourney", "ai_design"),
        ("annotate", "ai_data_annotation"),
        ("teach", "ai_consulting"),
        ("humanize", "ai_content_editing"),
        ("teach_staff", "ai_consulting"),
        ("lora", "ai_design"),
        ("library", "ai_model_development"),
        ("answers", "ai_marketing"),
        ("spanish", "ai_integration"),
        ("russian", "ai_integration"),
        ("thai", "ai_integration"),
    ],
)
def test_each_kind_of_ai_work_is_found(together: dict, name: str, category: str) -> None:
    assert together[name]["is_ai"]
    assert together[name]["categories"][0] == category


@pytest.mark.parametrize(
    "name",
    [
        "illustrator",
        "prompt",
        "proposals",
        "names",
        "enemies",
        "trading",
        "radio",
        "no_ai",
        "cursor",
        "faster",
    ],
)
def test_traps_and_ordinary_jobs_are_no_ai_service(together: dict, name: str) -> None:
    assert not together[name]["is_ai"]
    assert together[name]["categories"] == []


def test_stances_are_judged_apart_from_categories(together: dict) -> None:
    assert together["no_ai"]["stances"] == ["human_only"]
    assert together["cursor"]["stances"] == ["ai_assisted"]
    assert together["proposals"]["stances"] == []
    assert together["detector"]["stances"] == ["human_only"]
    assert together["undetected"]["stances"] == []
    assert together["faster"]["stances"] == ["ai_assisted"]


def test_each_decision_keeps_its_words_with_their_place(together: dict) -> None:
    assert "title 0001: gpt" in together["chatbot"]["evidence"]
    assert "title 0002: chatbot" in together["chatbot"]["evidence"]
    assert together["names"]["evidence"] == []


def test_odd_letters_and_marks_change_nothing() -> None:
    titles = [
        "GPT chatbot for our shop",
        "G\u200bPT chat\u200bbot for our shop",
        "𝗚𝗣𝗧 𝗰𝗵𝗮𝘁𝗯𝗼𝘁 for our shop",
        "ＧＰＴ ｃｈａｔｂｏｔ for our shop",
        "<b>GPT</b>&nbsp;<i>chatbot</i> for our shop",
        "🚀GPT🚀chatbot🚀 for our shop",
        "GPT\x01 \x02chatbot for our shop",
    ]
    found = classify(frame_of([{"title": title} for title in titles]))
    assert found["is_ai"].all()
    assert found.select("categories", "stances", "ai_score").n_unique() == 1


@pytest.mark.parametrize("spelled", ["A.I.", "A.I", "a.i.", "A.I.-"])
def test_ai_with_full_stops_is_ai(spelled: str) -> None:
    rows = [
        {"title": f"{name} tutor app", "description": f"Build an {name} tutor."} for name in ("AI", spelled)
    ]
    plain, with_stops = classify(frame_of(rows)).drop("listing_id").rows()
    assert plain[0]
    assert with_stops == plain


def test_a_huge_text_changes_neither_the_rest_nor_the_speed() -> None:
    rows = [{"title": "GPT chatbot for our shop"}, {"title": "Garden work"}]
    started = time.perf_counter()
    usual = classify(frame_of(rows))
    alone = time.perf_counter() - started
    found = classify(frame_of([*rows, {"title": "Huge", "description": "word <b>ai " * 100_000}]))
    assert found.head(2).drop("listing_id").equals(usual.drop("listing_id"))
    assert time.perf_counter() - started < 20 * alone


def test_the_version_changes_with_every_cell_that_decides() -> None:
    """A seed's change of any kind has all listings classified again; prose and training's priors have not."""
    silent = {"meaning", "label", "ai_rules.category", "ai_rules.strength"}
    con = connect()
    for name in ("tool_terms", "skill_terms"):
        frame = pl.DataFrame(read_seed(name))
        con.register("frame", frame)
        con.execute(f"create table {name} as select * from frame")
    usual = compile_statement(con, "classify_terms_version()")
    for name in (*SEED_NAMES, "tool_terms", "skill_terms"):
        for column in read_seed(name)[0]:
            con.execute("begin")
            con.execute(f"update {name} set {column} = '7' where rowid = 0")
            is_silent = bool({column, f"{name}.{column}"} & silent)
            version = compile_statement(con, "classify_terms_version()")
            assert (version == usual) == is_silent, f"{name}.{column}"
            con.execute("rollback")
    assert compile_statement(con, "classify_terms_version()") == usual


def test_the_prefilter_loses_nothing() -> None:
    """Without the prefilter on the raw text the decisions are the same."""
    with (Path(__file__).parent / "fixtures" / "labels" / "listings.csv").open(encoding="utf-8") as lines:
        frame = frame_of(csv.DictReader(lines), key="key")
    con = connect()
    con.register("listings_in", frame)
    sql = compile_statement(con, "classify_statement('listings_in', 'decisions')")
    start = sql.index("where (\n        regexp_matches(concat(title,")
    end = sql.index("),\n\n-- numbered apart", start)
    everything = sql[:start] + sql[end:]
    order = " order by listing_id"
    assert con.sql(sql + order).pl().equals(con.sql(everything + order).pl())


def test_languages_are_told_offline() -> None:
    texts = {
        "en": "We are looking for a designer with experience and the right tools for our shop",
        "es": "Necesito un diseñador para mi tienda con experiencia en logos y que hable español",
        "pt": "Preciso de um programador para desenvolver uma loja com experiência em vendas",
        "de": "Wir suchen einen Texter für die Webseite und das Magazin mit Erfahrung",
        "fr": "Nous cherchons une personne pour écrire des articles dans notre blog avec vous",
        "ru": "Нужен дизайнер для логотипа",
        "th": "ต้องการนักออกแบบโลโก้",
    }
    rows = [{"title": text} for text in texts.values()]
    found = languages(frame_of(rows)).with_columns(pl.col("listing_id").cast(pl.Int64)).sort("listing_id")
    assert found["language"].to_list() == list(texts)


def test_a_table_keeps_its_columns_and_gets_four_more(tmp_path: Path) -> None:
    source, target = tmp_path / "jobs.csv", tmp_path / "out.csv"
    source.write_text(
        'id,title,note\n7,"GPT chatbot, for a shop",keep\n8,Garden work,"a ""quoted"" note"\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(command, [str(source), "--out", str(target), "--json"])
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(target.open(encoding="utf-8")))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert rows[0]["is_ai"] == "true"
    assert rows[0]["categories"].split("|")[0] == "ai_integration"
    assert rows[1] == {
        "id": "8", "title": "Garden work", "note": 'a "quoted" note',
        "is_ai": "false", "categories": "", "stance": "", "evidence": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,price\na,1\n", "none of the columns"),
        (b"title\na,b\n", "line 2: more cells"),
        ("title\ncafé\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    source = tmp_path / "jobs.csv"
    source.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        classify_file(source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_column_with_the_name_of_a_new_one_is_kept_beside_it(tmp_path: Path) -> None:
    source, target = tmp_path / "jobs.csv", tmp_path / "out.csv"
    source.write_text("title,is_ai\nGarden work,perhaps\n", encoding="utf-8")
    classify_file(source, target)
    row = next(csv.DictReader(target.open(encoding="utf-8")))
    assert (row["is_ai_given"], row["is_ai"]) == ("perhaps", "false")


def test_skill_cells_are_parted() -> None:
    assert split_skills("Python; AI Chatbot") == ["Python", "AI Chatbot"]
    assert split_skills("Python, C++") == ["Python", "C++"]
    assert split_skills("") == []


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("ai_terms", "chatbot,[a-z]+,any,en", "broken pattern"),
        ("ai_terms", "nonsense,chatbot,any,en", "unknown signal"),
        ("ai_terms", "chatbot,Chatbot,any,en", "lower case"),
        ("ai_terms", "chatbot,one two three four five,any,en", "one to 4 words"),
        ("ai_terms", "chatbot,chatbot,heading,en", "unknown field"),
        ("ai_signals", "new_signal,ai_poetry,1,yes,Poems", "unknown category"),
        ("ai_near", "build_ai,w_build,robot_words,4,", "unknown signal"),
        ("ai_rules", "new_rule,ai_design,1,ai@heading,,,x", "unknown feature"),
        ("ai_weights", "ai@title,any_ai,heavy", "not a number"),
        ("ai_terms", "chatbot,word", "cells are expected"),
        ("ai_categories", "ai_law,kategory,99,AI law,Contracts", "kind is 'kategory'"),
        ("ai_categories", "ai_law,category,13,AI law,Contracts", "position '13' stands here a second time"),
        ("ai_categories", "ai_law,category,99,AI law,Contracts", "no weights yet"),
        ("ai_signals", "chatbot,ai_integration,1,yes,Bots", "signal 'chatbot' stands here a second time"),
        ("classifier_floors", "any,held_out,ai_poetry,all,0.5", "unknown class"),
        ("classifier_floors", "mine,held_out,any_ai,all,0.5", "labels are any or own"),
    ],
)
def test_a_wrong_seed_row_is_named_with_file_and_line(tmp_path: Path, name: str, row: str, said: str) -> None:
    folder = tmp_path / "seeds"
    shutil.copytree(SEEDS, folder)
    path = folder / f"{name}.csv"
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    with path.open("a", encoding="utf-8") as lines:
        lines.write(row + "\n")
    with pytest.raises(ConfigError, match=rf"{name}\.csv, line {n_lines + 1}: .*{said}"):
        check_seeds(folder)


def test_a_new_category_takes_any_free_position(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    shutil.copytree(SEEDS, folder)
    for name, row in (
        ("ai_categories", "ai_zebras,category,99,AI for zebras,Zebras that are told apart"),
        ("ai_signals", "zebras,ai_zebras,3,yes,Zebras and nothing else"),
        ("ai_terms", "zebras,zebra count,any,en"),
        ("ai_weights", "zebras@title,ai_zebras,4\nzebras@title,any_ai,4"),
    ):
        with (folder / f"{name}.csv").open("a", encoding="utf-8") as lines:
            lines.write(row + "\n")
    row = classify(frame_of([{"title": "Zebra count at a fence"}]), folder).row(0, named=True)
    assert row["is_ai"]
    assert row["categories"][0] == "ai_zebras"
    assert any("zebra count" in words for words in row["evidence"])


def test_the_shipped_seeds_are_right() -> None:
    check_seeds(SEEDS)


def test_a_wrong_seed_row_stops_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from transform import build

    shutil.copytree(SEEDS, tmp_path / "seeds")
    with (tmp_path / "seeds" / "ai_terms.csv").open("a", encoding="utf-8") as lines:
        lines.write("nonsense,chatbot,any,en\n")
    monkeypatch.setattr(build, "PROJECT", tmp_path)
    with pytest.raises(ConfigError, match="unknown signal 'nonsense'"):
        build.build()
