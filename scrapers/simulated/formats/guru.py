"""Guru's list of open jobs as HTML."""

from __future__ import annotations

import re
from datetime import date
from html import escape

from scrapers.simulated.formats import Answer, Asked
from scrapers.simulated.world import Job, age_in_words, jobs_on, slug

A_PAGE = 20
LIST = re.compile(r"^/d/jobs(?:/pg/(?P<number>\d+))?/?$")


class Guru:
    """Twenty records a page; the page after the last one is a list without records."""

    def __init__(self, *, seed: int, day: date) -> None:
        self._day = day
        self._jobs = jobs_on(seed, day, salt=25, per_month=220, currencies=("USD",))

    def answer(self, asked: Asked) -> Answer | None:
        """A page of the list."""
        found = LIST.match(asked.path)
        if not found:
            return None
        number = int(found["number"] or 1)
        shown = self._jobs[(number - 1) * A_PAGE : number * A_PAGE]
        records = "".join(self._record(job) for job in shown)
        body = (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Find jobs (simulated)</title>"
            f"</head><body><h1>{len(self._jobs)} jobs</h1><ul class='module_list'>{records}</ul>"
            f"<p>Page {number} of {-(-len(self._jobs) // A_PAGE)}</p></body></html>"
        )
        return Answer(body.encode(), "text/html; charset=utf-8")

    def _record(self, job: Job) -> str:
        price = f"${job.low:,.0f}-${job.high:,.0f}" if job.low != job.high else f"Under ${job.high:,.0f}"
        budget = f"Hourly | {price}/hr" if job.hourly else f"Fixed Price | {price}"
        age = age_in_words(job.posted, self._day).replace(" hours", " hrs").replace(" hour", " hr")
        if "days" in age:
            age = f"{job.posted:%b} {job.posted.day}, {job.posted.year}"
        skills = "".join(f"<a class='skillsList__skill'>{escape(skill)}</a>" for skill in job.skills)
        address = f"/jobs/{slug(job.title)}/{job.id}&amp;SearchUrl=search.aspx"
        return (
            f"<li><div class='record jobRecord' data-gid='{job.id}'>"
            f"<div class='jobRecord__meta'>Posted <strong>{age}</strong>"
            f" | <strong>{job.bids}</strong> quotes</div>"
            f"<h2 class='jobRecord__title'><a href='{address}'>{escape(job.title)}</a></h2>"
            f"<div class='jobRecord__budget'>{budget}</div>"
            f"<p class='jobRecord__desc'>{escape(job.description)}</p>"
            f"<div class='skillsList'>{skills}</div>"
            "<div class='freelancerAvatar'><div class='freelancerAvatar__subText'>"
            f"<strong>{escape(job.country)}</strong></div></div></div></li>"
        )
