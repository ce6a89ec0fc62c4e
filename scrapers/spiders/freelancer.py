"""Freelancer.com: the public API of active projects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import Found, Note, Page, PageRefused, Reject, need_list, said, unknown_keys
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window

PATH = "/api/projects/0.1/projects/active/"
LIMIT = 100
HANDLED = {
    "id",
    "owner_id",
    "title",
    "seo_url",
    "currency",
    "description",
    "preview_description",
    "jobs",
    "type",
}
HANDLED |= {"budget", "hourly_project_info", "urgent", "bid_stats", "time_submitted", "language", "location"}
HANDLED |= {"status", "deleted", "nonpublic"}
IGNORED = {"submitdate", "hidebids", "bidperiod", "featured", "assisted", "active_prepaid_milestone", "local"}
IGNORED |= {"time_updated", "upgrades", "hireme", "frontend_project_status", "negotiated", "pool_ids"}
IGNORED |= {"time_free_bids_expire", "enterprise_ids", "is_escrow_project", "is_seller_kyc_required"}
IGNORED |= {
    "is_buyer_kyc_required",
    "project_reject_reason",
    "user_status",
    "attachments",
    "files",
    "nda_details",
}
KNOWN = frozenset(HANDLED | IGNORED)


class Freelancer(SourceSpider):
    """Projects of all categories, newest first; the budget of an hourly project is a rate."""

    source = Source(
        name="freelancer",
        title="Freelancer.com",
        platform="freelancer",
        mode="terms",
        homepage="https://developers.freelancer.com/",
        terms_url="https://www.freelancer.com/about/apiterms",
        terms_note="API terms: raw data kept for 24 hours at most; 200 requests a minute, 1,000 an hour "
        "(read 2026-11).",
        frame="full",
        coverage="capped",
        engagement="gig",
        retention_days=1,
        expected_daily=(500, 20_000),
    )
    root = "https://www.freelancer.com"
    delay: ClassVar[float] = 4.0

    def starts(self, window: Window) -> Iterable[str]:
        """The first page of the time window."""
        yield f"{self.root}{self._page(0, int(window.since.timestamp()))}"

    @staticmethod
    def _page(offset: int, since: int) -> str:
        return (
            f"{PATH}?limit={LIMIT}&offset={offset}&from_time={since}&sort_field=time_submitted"
            "&full_description=true&job_details=true&compact=false"
        )

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """Each project is a listing; a full page leads to the next."""
        try:
            answer = page.json()
        except PageRefused:
            refuse(page, "the answer is not JSON")
        projects = need_list(answer, "result", "projects")
        if not projects:
            yield Note("empty", "no project in the time window")
        for project in projects:
            yield from unknown_keys(project, KNOWN, "project")
            yield self._project(page, project)
        if len(projects) >= LIMIT and "from_time" in page.query:
            offset = int(page.query.get("offset", "0")) + LIMIT
            yield self.follow(self._page(offset, int(page.query["from_time"])))

    def _project(self, page: Page, project: dict[str, Any]) -> Listing | Found:
        if project.get("deleted") or project.get("nonpublic"):
            return Note("left out", "deleted or not public")
        if not project.get("title") or not project.get("id"):
            return Reject("title" if project.get("id") else "native_id", "the project lacks its title or id")
        budget, bids = project.get("budget") or {}, project.get("bid_stats") or {}
        amounts = [said(budget[key]) for key in ("minimum", "maximum") if budget.get(key)]
        jobs = project.get("jobs") or []
        submitted = project.get("time_submitted")
        return self.listing(
            page,
            native_id=said(project["id"]),
            title=said(project["title"]),
            description=said(project.get("description") or project.get("preview_description")),
            skills=[job["name"] for job in jobs if job.get("name")],
            category_raw=next((job["category"]["name"] for job in jobs if job.get("category")), None),
            price_raw=" - ".join(amount for amount in amounts if amount) or None,
            price_kind_raw=said(project.get("type")),
            currency_raw=said((project.get("currency") or {}).get("code")),
            duration_raw=_duration(project.get("hourly_project_info") or {}),
            urgency_raw="urgent" if project.get("urgent") else None,
            country_raw=said(((project.get("location") or {}).get("country") or {}).get("name")),
            language_raw=said(project.get("language")),
            author_id=said(project.get("owner_id")),
            url=f"https://www.freelancer.com/projects/{project.get('seo_url')}",
            posted_raw=datetime.fromtimestamp(submitted, UTC).isoformat() if submitted else None,
            posted_origin="api",
            bids_raw=said(bids.get("bid_count")),
            bid_average_raw=said(bids.get("bid_avg")),
        )


def _duration(info: dict[str, Any]) -> str | None:
    hours = (info.get("commitment") or {}).get("hours")
    interval = (info.get("commitment") or {}).get("interval")
    parts = [f"{hours} hours/{interval}" if hours and interval else None, said(info.get("duration_enum"))]
    return ", ".join(part for part in parts if part) or None
