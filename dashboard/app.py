"""The app's entry: which release, which world, which view."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import streamlit as st

from dashboard import notices, release
from dashboard.scope import Scope
from dashboard.views import ai_services, listings, method, prices, sources, today
from scrapers.errors import GigsError
from warehouse.releases import NoReleaseError

VIEWS: tuple[tuple[ModuleType, str, str], ...] = (
    (today, "Today", "today"),
    (ai_services, "AI services", "ai-services"),
    (prices, "Prices", "prices"),
    (listings, "Listings", "listings"),
    (sources, "Sources", "sources"),
    (method, "Method", "method"),
)


def _page(view: ModuleType, scope: Scope) -> Callable[[], None]:
    def run() -> None:
        try:
            view.show(scope)
        except GigsError as error:
            notices.failed(error)

    return run


def main() -> None:
    """Resolve the release, say whether it is simulated, and run the chosen view."""
    st.set_page_config(page_title="Gig Observatory", page_icon=notices.ICON, layout="wide")
    notices.style()
    try:
        found = release.load(st.query_params.get("release"))
    except NoReleaseError as error:
        notices.no_release(error)
        return
    except GigsError as error:
        notices.failed(error)
        return
    scope = Scope(found, notices.choose_world(found))
    pages = [
        st.Page(_page(view, scope), title=title, url_path=path, default=view is today)
        for view, title, path in VIEWS
    ]
    chosen = st.navigation(pages, position="top")
    notices.banner(scope)
    chosen.run()
    notices.footer(scope)
    notices.follow(found)


main()
