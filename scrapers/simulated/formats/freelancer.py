"""Freelancer.com's API of active projects: pages, and limits that are counted."""

from __future__ import annotations

from collections import deque
from datetime import date
from time import monotonic
from typing import Any

from scrapers.simulated.formats import Answer, Asked, as_json
from scrapers.simulated.money import SIGNS
from scrapers.simulated.world import Job, jobs_on, slug

PATH = "/api/projects/0.1/projects/active/"
MOST = 100
A_MINUTE = 200


class Freelancer:
    """Active projects of a day, newest first.

    Args:
        seed: Seed of the market.
        day: The day of the visit.
        a_minute: Requests that are answered within sixty seconds; more get 429 with Retry-After.
    """

    def __init__(self, *, seed: int, day: date, a_minute: int = A_MINUTE) -> None:
        self._jobs = jobs_on(seed, day, salt=23, per_month=900)
        self._a_minute = a_minute
        self._asked: deque[float] = deque()

    def answer(self, asked: Asked) -> Answer | None:
        """A page of projects."""
        if asked.path.rstrip("/") != PATH.rstrip("/"):
            return None
        now = monotonic()
        while self._asked and now - self._asked[0] > 60:
            self._asked.popleft()
        left = self._a_minute - len(self._asked)
        headers = {"RateLimit-Limit": str(self._a_minute), "RateLimit-Remaining": str(max(left - 1, 0))}
        if left <= 0:
            wait = str(int(61 - (now - self._asked[0])))
            error = {"status": "error", "message": "Too many requests", "error_code": "RATE_LIMIT"}
            return as_json(error, 429, headers | {"Retry-After": wait})
        self._asked.append(now)
        return as_json(self._page(asked), headers=headers)

    def _page(self, asked: Asked) -> dict[str, Any]:
        query = asked.query
        since = int(query.get("from_time", 0))
        until = int(query.get("to_time", 1 << 40))
        limit, offset = min(int(query.get("limit", 10)), MOST), int(query.get("offset", 0))
        found = [job for job in self._jobs if since <= job.posted.timestamp() <= until]
        full = query.get("full_description") == "true"
        detailed = query.get("job_details") == "true"
        projects = [_project(job, full, detailed) for job in found[offset : offset + limit]]
        return {
            "status": "success",
            "result": {"projects": projects, "users": None, "selected_bids": None, "total_count": len(found)},
            "request_id": f"simulated-{offset}",
        }


def _project(job: Job, full: bool, detailed: bool) -> dict[str, Any]:
    posted = int(job.posted.timestamp())
    skills = [
        {
            "id": 3 + n,
            "name": skill,
            "category": {"id": 1, "name": job.category},
            "seo_url": slug(skill),
            "local": False,
        }
        for n, skill in enumerate(job.skills)
    ]
    return {
        "id": job.id,
        "owner_id": int(job.client[1:]),
        "title": job.title,
        "status": "active",
        "seo_url": f"{slug(job.category)}/{slug(job.title)}",
        "currency": {
            "id": 1, "code": job.currency, "sign": SIGNS[job.currency], "name": job.currency,
            "exchange_rate": 1, "country": job.currency[:2], "is_external": False,
            "is_escrowcom_supported": True,
        },
        "description": job.description if full else None,
        "jobs": skills if detailed else None,
        "submitdate": posted,
        "preview_description": job.description[:100],
        "deleted": False,
        "nonpublic": False,
        "hidebids": False,
        "type": "hourly" if job.hourly else "fixed",
        "bidperiod": 7,
        "budget": {"minimum": job.low, "maximum": job.high},
        "hourly_project_info": {
            "commitment": {"hours": 20, "interval": "week"}, "duration_enum": "one_to_four_weeks",
        } if job.hourly else None,
        "featured": False,
        "urgent": job.urgent,
        "assisted": False,
        "active_prepaid_milestone": None,
        "bid_stats": {"bid_count": job.bids, "bid_avg": job.bid_average if job.bids else None},
        "time_submitted": posted,
        "time_updated": posted,
        "upgrades": {"featured": False, "sealed": False, "NDA": False, "urgent": job.urgent},
        "language": job.language,
        "hireme": False,
        "frontend_project_status": "open",
        "location": {"country": {"name": job.country}},
        "local": False,
        "negotiated": False,
        "time_free_bids_expire": posted - 3600,
        "pool_ids": [1],
        "enterprise_ids": [],
        "is_escrow_project": False,
        "is_seller_kyc_required": False,
        "is_buyer_kyc_required": False,
        "project_reject_reason": {},
    }  # fmt: skip
