"""The app in a real browser: nothing leaves the machine, links restore the state, phones can use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from release_fixture import HOSTILE, write_release
from test_dashboard_command import running

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
VIEWS = ("", "ai-services", "prices", "listings", "sources", "method")
PATIENCE = 120_000
"""Milliseconds: a busy machine is slow, and that alone is no fault of the app."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if CHROMIUM is None:
        pytest.skip("BROWSER TESTS LEFT OUT: no Chromium here (sh tests/browser.sh install gets one)")
    home = tmp_path_factory.mktemp("browser-home")
    file = write_release(home)
    with duckdb.connect(str(file)) as con:
        con.execute("update listings set title = ? where title like '%3%'", [HOSTILE])
        con.execute("update sources set title = ? where source = 'gamma'", [HOSTILE])
    with running(home) as (_, found):
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def settled(page: Any) -> None:
    idle = '[data-testid="stApp"][data-test-script-state="notRunning"]'
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_selector(idle, timeout=PATIENCE)
    page.wait_for_timeout(300)


def test_views_fit_a_phone_ask_no_other_host_and_run_no_scraped_script(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    asked: list[str] = []
    alerts: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    wider = (
        "(() => { const main = document.querySelector('[data-testid=\"stMain\"]');"
        " return main.scrollWidth - main.clientWidth })()"
    )
    for view in VIEWS:
        page.goto(f"{address}/{view}", timeout=PATIENCE)
        settled(page)
        assert not page.locator('[data-testid="stException"]').count(), view
        assert page.evaluate(wider) == 0, view
        for chart in page.locator('[data-testid="stPlotlyChart"]').all():
            box = chart.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360, view
    local = (address, address.replace("http", "ws"), "data:", "blob:")
    assert len(asked) > 20
    assert not [url for url in asked if not url.startswith(local)]
    assert not alerts
    page.close()


def test_a_chart_is_drawn_a_link_restores_the_choice_and_the_csv_comes(
    address: str, browser: Any, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/ai-services", timeout=PATIENCE)
    page.wait_for_selector('[data-testid="stPlotlyChart"] svg .scatterlayer .trace')
    said = page.locator('[data-testid="stPlotlyChart"]').first.inner_text()
    assert "19% of requests in Dec 2024" in said and "Alpha jobs" in said and "n = 13,600" in said

    page.get_by_text("Offers (freelancers)").first.click()
    page.wait_for_url("**/ai-services?side=offer")
    page.wait_for_selector("text=of offers in “Beta gigs” offered AI work")
    page.reload()
    page.wait_for_selector("text=of offers in “Beta gigs” offered AI work")

    settled(page)
    page.get_by_text("Table, download, query, citation").first.click()
    page.get_by_role("tab", name="Download").first.click()
    with page.expect_download() as waiting:
        page.get_by_text("CSV of what is drawn").first.click()
    target = tmp_path / "drawn.csv"
    waiting.value.save_as(target)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "month_on,k,n,share,share_low,share_high,"
        "corrected_share,corrected_low,corrected_high,correction_reason,is_simulated"
    )
    assert len(lines) == 1 + 36
    assert waiting.value.suggested_filename == "gig-observatory_ai_share_20250101T060000Z.csv"
    page.close()
