"""PeoplePerHour's project lists: HTML whose script holds the application's state."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from scrapers.simulated.formats import Answer, Asked, in_script
from scrapers.simulated.world import Job, jobs_on, slug

A_PAGE = 20
LIST = re.compile(r"^/freelance-jobs(?:/(?P<category>artificial-intelligence))?/?$")


class PeoplePerHour:
    """Lists of open projects; expired and featured ones are mixed into the state, as on real pages."""

    def __init__(self, *, seed: int, day: date) -> None:
        self._day = day
        self._jobs = jobs_on(seed, day, salt=24, per_month=240, currencies=("GBP", "USD", "EUR"))

    def answer(self, asked: Asked) -> Answer | None:
        """A page of a list; addresses with another query than `page` are closed by robots.txt."""
        found = LIST.match(asked.path)
        if not found:
            return None
        jobs = [job for job in self._jobs if job.is_ai or not found["category"]]
        number = max(int(asked.query.get("page", 1)), 1)
        shown = jobs[(number - 1) * A_PAGE : number * A_PAGE]
        state = self._state(shown, jobs[:2], -(-len(jobs) // A_PAGE), len(jobs))
        body = (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Freelance jobs (simulated)"
            "</title></head><body><div id='reactContainer'></div><script>window.PPHReact=window.PPHReact||{};"
            f"window.PPHReact.initialState={in_script(state)};"
            f"window.PPHReact.serverTime='{self._day.isoformat()}T23:59:00+00:00';"
            "window.PPHReact.data={get:function(){return 1}};</script></body></html>"
        )
        return Answer(body.encode(), "text/html; charset=utf-8")

    def _state(self, shown: list[Job], featured: list[Job], pages: int, total: int) -> dict[str, Any]:
        every = {job.id: job for job in (*featured, *shown)}
        projects = {
            str(job.id): {"id": str(job.id), "type": "projects", "attributes": _said(job)}
            for job in every.values()
        }
        names = [{"type": "projects", "id": str(job.id)} for job in shown]
        return {
            "entities": {"projects": projects},
            "freelanceJobs": {
                "main": {"data": names, "meta": {"total": total, "total-pages": pages}},
                "featured": {"data": [{"type": "projects", "id": str(job.id)} for job in featured]},
            },
        }


def _said(job: Job) -> dict[str, Any]:
    return {
        "title": job.title,
        "proj_desc": job.description,
        "budget": job.high,
        "currency": job.currency,
        "posted_dt": job.posted.strftime("%Y-%m-%d %H:%M:%S"),
        "project_type": "hourly" if job.hourly else "fixed_price",
        "item_state": "EXPIRED" if job.id % 11 == 0 else "OPEN",
        "proposalCount": job.bids,
        "url": f"https://peopleperhour.example/freelance-jobs/{slug(job.title)}-{job.id}",
        "category": {"cate_name": job.category},
        "sub_category": {"subcate_name": job.subcategory},
        "client": {"id": int(job.client[1:]), "country": job.country},
        "skills": [{"name": skill} for skill in job.skills],
        "is_urgent": job.urgent,
        "proj_id": job.id,
    }
