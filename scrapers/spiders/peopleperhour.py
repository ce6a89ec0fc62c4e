"""PeoplePerHour: the project lists, whose pages carry the application's state as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, PageRefused, Reject, need, need_list, plain, said, unknown_keys
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window

MARKER = "window.PPHReact.initialState="
LISTS = ("/freelance-jobs/artificial-intelligence", "/freelance-jobs")
LAST_PAGE = 20
OPEN = {"open", "published", "live", "active"}
CLOSED = {"expired", "closed", "completed", "cancelled", "canceled", "awarded", "archived", "deleted"}
HANDLED = {
    "title",
    "proj_desc",
    "budget",
    "currency",
    "posted_dt",
    "project_type",
    "item_state",
    "proposalCount",
}
HANDLED |= {"url", "category", "sub_category", "client", "skills"}
IGNORED = {
    "proj_id",
    "budget_converted",
    "isPreFundedJob",
    "location_type",
    "etiquettes",
    "is_urgent",
    "slug",
}
IGNORED |= {"experience_level", "attachments", "is_featured", "isFeatured", "location"}
KNOWN = frozenset(HANDLED | IGNORED)


class PeoplePerHour(SourceSpider):
    """The lists name their projects in order; featured and completed ones are elsewhere in the state."""

    source = Source(
        name="peopleperhour",
        title="PeoplePerHour",
        platform="peopleperhour",
        mode="terms",
        homepage="https://www.peopleperhour.com/freelance-jobs",
        terms_url="https://www.peopleperhour.com/static/terms",
        terms_note="robots.txt forbids addresses with a query but for ?page=; the terms restrict automated "
        "use: read them before you accept (looked up 2026-11).",
        frame="full",
        coverage="capped",
        engagement="gig",
        locale="en_GB",
        retention_days=30,
        verified=False,
        expected_daily=(20, 1_000),
    )
    root = "https://www.peopleperhour.com"
    delay: ClassVar[float] = 5.0

    def starts(self, window: Window) -> Iterable[str]:
        """The first page of each list."""
        return [f"{self.root}{path}" for path in LISTS]

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Projects that the main list names and that are still open."""
        state = _state(page)
        main = need(state, "freelanceJobs", "main")
        projects: dict[str, Any] = need(state, "entities", "projects")
        names = [str(need(entry, "id")) for entry in need_list(main, "data")]
        if not names:
            yield Note("empty", "the list names no project")
        for name in names:
            yield from self._project(page, name, (projects.get(name) or {}).get("attributes"))
        number = int(page.query.get("page", "1"))
        if number < min(int((main.get("meta") or {}).get("total-pages") or 1), LAST_PAGE):
            yield self.follow(f"{page.path}?page={number + 1}")

    def _project(self, page: Page, name: str, said_of: dict[str, Any] | None) -> Iterator[Listing | Found]:
        if not said_of:
            yield Reject(None, "the list names a project that the state lacks")
            return
        yield from unknown_keys(said_of, KNOWN, "project")
        state = str(said_of.get("item_state") or "open").lower()
        if state in CLOSED:
            yield Note("left out", "no longer open")
            return
        if state not in OPEN:
            yield Reject("item_state", "a state that was never seen before")
            return
        if not said_of.get("title"):
            yield Reject("title", "the project lacks its title")
            return
        client = said_of.get("client") or {}
        yield self.listing(
            page,
            native_id=name,
            title=said(said_of["title"]),
            description=plain(said_of.get("proj_desc") or "") or None,
            skills=[
                str(skill.get("name")) for skill in said_of.get("skills") or [] if isinstance(skill, dict)
            ],
            category_raw=said((said_of.get("category") or {}).get("cate_name")),
            subcategory_raw=said((said_of.get("sub_category") or {}).get("subcate_name")),
            price_raw=said(said_of.get("budget") or None),
            price_kind_raw=said(said_of.get("project_type")),
            currency_raw=said(said_of.get("currency")),
            country_raw=said(client.get("country")),
            author_id=said(client.get("id")),
            url=said(said_of.get("url")),
            posted_raw=said(said_of.get("posted_dt")),
            posted_origin="page",
            bids_raw=said(said_of.get("proposalCount")),
        )


def _state(page: Page) -> Any:
    """The JSON value after the marker; what follows it is script."""
    at = page.text.find(MARKER)
    if at < 0:
        refuse(page, "the page carries no state")
    try:
        state, _ = json.JSONDecoder().raw_decode(page.text, at + len(MARKER))
    except (ValueError, RecursionError) as error:
        raise PageRefused("broken", "the state is cut short or damaged") from error
    return state
