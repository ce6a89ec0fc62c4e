"""We Work Remotely's RSS feeds: all jobs, and contracts alone."""

from __future__ import annotations

from datetime import date, timedelta
from email.utils import format_datetime
from html import escape

from scrapers.simulated.formats import Answer, Asked
from scrapers.simulated.world import Job, jobs_on, slug

NEWEST = 80
KINDS = ("Full-Time", "Contract", "Contract")
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss">
  <channel>
    <title>Remote jobs (simulated)</title>
    <link>https://weworkremotely.example/remote-jobs.rss</link>
    <description>Remote jobs (simulated)</description>
    <language>en-US</language>
    <ttl>60</ttl>
"""


class WeWorkRemotely:
    """The newest adverts of a day."""

    def __init__(self, *, seed: int, day: date) -> None:
        self._jobs = jobs_on(seed, day, salt=22, per_month=260)[:NEWEST]

    def answer(self, asked: Asked) -> Answer | None:
        """The feed of all jobs, or of one category."""
        if not asked.path.endswith(".rss"):
            return None
        jobs = self._jobs
        if "contract" in asked.path:
            jobs = [job for job in jobs if _kind(job) == "Contract"]
        body = HEAD + "".join(map(_item, jobs)) + "  </channel>\n</rss>\n"
        return Answer(body.encode(), "application/rss+xml; charset=utf-8")


def _kind(job: Job) -> str:
    return KINDS[job.id % 3]


def _item(job: Job) -> str:
    address = f"https://weworkremotely.example/remote-jobs/{slug(job.title)}-{job.id}"
    text = "<p><strong>Headquarters:</strong> " + escape(job.country) + "</p>"
    text += "<p>" + escape(job.description).replace("\n\n", "</p><p>") + "</p>"
    parts = {
        "title": f"Company {job.client}: {job.title}",
        "region": "Anywhere in the World",
        "country": job.country,
        "state": "",
        "skills": ", ".join(job.skills),
        "category": job.category,
        "type": _kind(job),
        "description": text,
        "pubDate": format_datetime(job.posted),
        "expires_at": format_datetime(job.posted + timedelta(days=30)),
        "guid": address,
        "link": address,
    }
    inner = "".join(f"      <{name}>{escape(said)}</{name}>\n" for name, said in parts.items())
    return f"    <item>\n{inner}    </item>\n"
