"""A stranger adds a source: one command begins it, two more make its test pass."""

from __future__ import annotations

import importlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from dags.commands import accept, preview
from scrapers import new_source
from scrapers.errors import UsageError
from scrapers.spiders import base

NOW = datetime(2026, 7, 2, tzinfo=UTC)
PAGE = """<html><body><div class="job" data-id="7"><h2>Paint a fence</h2><p>White.</p>
<span class="price">40 EUR</span><time>2 July 2026</time></div></body></html>"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone's folders with the new spider importable, as it is after `git clone`."""
    (tmp_path / "scrapers" / "spiders").mkdir(parents=True)
    (tmp_path / "tests" / "fixtures").mkdir(parents=True)
    import scrapers.spiders as package

    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / "scrapers" / "spiders")])
    monkeypatch.setattr(new_source, "PROJECT", tmp_path)
    monkeypatch.setattr(
        new_source.saved_pages, "__defaults__", (tmp_path,)
    )  # the commands look into this clone
    base.spider_names.cache_clear()
    base.spider_class.cache_clear()
    importlib.invalidate_caches()
    return tmp_path


def test_the_files_of_a_new_source_lead_to_a_passing_test(clone: Path) -> None:
    _, page, _ = new_source.create("toy_jobs", "https://toys.example/jobs", now=NOW, project=clone)
    base.spider_names.cache_clear()
    (saved,) = new_source.saved_pages("toy_jobs")
    assert saved.found() != saved.expected(), "its test fails before anything is done"
    with pytest.raises(UsageError, match="is empty"):
        CliRunner().invoke(accept.command, ["toy_jobs"], catch_exceptions=False)

    page.write_text(PAGE)
    shown = CliRunner().invoke(preview.command, ["toy_jobs"], catch_exceptions=False)
    assert "1 listings" in shown.output
    assert "Paint a fence" in shown.output
    CliRunner().invoke(accept.command, ["toy_jobs"], catch_exceptions=False)
    (saved,) = new_source.saved_pages("toy_jobs")
    assert saved.found() == saved.expected()
    assert saved.expected()["listings"][0]["price_raw"] == "40 EUR"
    shutil.rmtree(clone / "scrapers")
    base.spider_names.cache_clear()
    base.spider_class.cache_clear()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("Guru", "https://x.example"),
        ("base", "https://x.example"),
        ("a b", "https://x.example"),
        ("../x", "https://x"),
        ("toys", "x.example/jobs"),
        ("toys", "ftp://x.example"),
        ("toys", ""),
    ],
)
def test_names_and_addresses_that_do_not_fit_are_refused(clone: Path, name: str, url: str) -> None:
    with pytest.raises(UsageError):
        new_source.create(name, url, now=NOW, project=clone)
    assert list((clone / "scrapers" / "spiders").iterdir()) == []


def test_an_existing_source_is_not_overwritten(clone: Path) -> None:
    new_source.create("toys", "https://toys.example/jobs", now=NOW, project=clone)
    with pytest.raises(UsageError, match="exists already"):
        new_source.create("toys", "https://toys.example/jobs", now=NOW, project=clone)
