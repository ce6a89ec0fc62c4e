"""RemoteOK's `/api`: a JSON list whose first element is the legal notice."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

from scrapers.simulated.formats import Answer, Asked, as_json
from scrapers.simulated.world import Job, jobs_on, slug

NEWEST = 100
NOTICE = "Simulated API: please link back to the advert and name the source. (simulated)"


class RemoteOk:
    """The newest adverts of a day: mostly employment, a third of them contracts."""

    def __init__(self, *, seed: int, day: date) -> None:
        self._jobs = jobs_on(seed, day, salt=21, per_month=300, currencies=("USD",))[:NEWEST]

    def answer(self, asked: Asked) -> Answer | None:
        """The one address."""
        if asked.path not in ("/api", "/remote-jobs.json"):
            return None
        latest = int(self._jobs[0].posted.timestamp()) if self._jobs else 0
        return as_json([{"last_updated": latest, "legal": NOTICE}, *map(self._advert, self._jobs)])

    def _advert(self, job: Job) -> dict[str, Any]:
        name = f"remote-{slug(job.title)}-{job.id}"
        salary = (0, 0) if job.id % 3 == 0 else (round(job.high, -2) * 100, round(job.high, -2) * 130)
        tags = [skill.lower() for skill in job.skills] + (["contract"] if job.id % 3 == 0 else ["full time"])
        return {
            "slug": name,
            "id": str(job.id),
            "epoch": int(job.posted.timestamp()),
            "date": job.posted.isoformat(),
            "company": f"Company {job.client} (simulated)",
            "company_logo": "",
            "position": job.title,
            "tags": tags,
            "description": "<p>" + escape(job.description).replace("\n\n", "</p><p>") + "</p>",
            "location": job.country,
            "apply_url": f"https://remoteok.example/remote-jobs/{name}",
            "salary_min": int(salary[0]),
            "salary_max": int(salary[1]),
            "logo": "",
            "url": f"https://remoteok.example/remote-jobs/{name}",
        }
