"""Upwork: the GraphQL API, the search page and the job pages."""

from __future__ import annotations

import base64
import json
import re
from datetime import date
from html import escape
from typing import Any

from scrapers.simulated.formats import Answer, Asked, as_json, in_script
from scrapers.simulated.world import Job, age_in_words, jobs_on, slug

A_PAGE = 10
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
TIERS = {"Entry": 1, "Intermediate": 2, "Expert": 3}
JOB_PAGE = re.compile(r"^/jobs/.*~02(?P<uid>\d+)/?$")


class Upwork:
    """Jobs of a day in three shapes; ids carry their time, as real ones do.

    Args:
        seed: Seed of the market.
        day: The day of the visit.
        token: Bearer token that the API asks for; null accepts every request.
    """

    def __init__(self, *, seed: int, day: date, token: str | None = None) -> None:
        self._day, self._token = day, token
        self._jobs = jobs_on(seed, day, salt=26, per_month=500, currencies=("USD",))
        self._by_uid = {_uid(job): job for job in self._jobs}

    def answer(self, asked: Asked) -> Answer | None:
        """The API, a search page or a job page."""
        if asked.path == "/graphql":
            return self._api(asked)
        if asked.path.rstrip("/") == "/nx/search/jobs":
            return self._search(asked)
        if found := JOB_PAGE.match(asked.path):
            job = self._by_uid.get(int(found["uid"]))
            return self._job(job) if job else Answer(b"<title>Job not found</title>", "text/html", 404)
        return None

    def _api(self, asked: Asked) -> Answer:
        if self._token and asked.headers.get("authorization") != f"Bearer {self._token}":
            return as_json({"message": "Authentication failed"}, 401)
        if asked.method != "POST":
            return as_json({"message": "Method not allowed"}, 405)
        wanted = (
            json.loads(asked.body or b"{}").get("variables", {}).get("filter", {}).get("pagination_eq", {})
        )
        size = int(wanted.get("first", A_PAGE))
        begin = int(base64.b64decode(wanted["after"])) if wanted.get("after") else 0
        shown = self._jobs[begin : begin + size]
        end = begin + len(shown)
        info = {
            "hasNextPage": end < len(self._jobs),
            "endCursor": base64.b64encode(str(end).encode()).decode(),
        }
        found = {
            "totalCount": len(self._jobs),
            "pageInfo": info,
            "edges": [{"node": _node(job)} for job in shown],
        }
        return as_json({"data": {"marketplaceJobPostingsSearch": found}})

    def _search(self, asked: Asked) -> Answer:
        words = asked.query.get("q", "").lower()
        number = max(int(asked.query.get("page", 1)), 1)
        found = [job for job in self._jobs if words in f"{job.title} {' '.join(job.skills)}".lower()]
        tiles = "".join(self._tile(job, words) for job in found[(number - 1) * A_PAGE : number * A_PAGE])
        return _html(
            "Freelance jobs (simulated)", f"<section><div data-test-key='filters'></div>{tiles}</section>"
        )

    def _tile(self, job: Job, words: str) -> str:
        title = escape(job.title)
        if words:
            mark = re.compile(re.escape(escape(words)), re.IGNORECASE)
            title = mark.sub(lambda hit: f"<span class='highlight'>{hit[0]}</span>", title)
        kind = f"Hourly: ${job.low:,.2f} - ${job.high:,.2f}" if job.hourly else "Fixed price"
        price = "" if job.hourly else _fixed(job)
        length = (
            f"<li data-test='duration-label'><strong>Est. time:</strong> <strong>{job.duration}</strong></li>"
        )
        tokens = "".join(
            f"<button data-test='token'><span>{escape(skill)}</span></button>" for skill in job.skills
        )
        return (
            f"<article class='job-tile' data-test='JobTile' data-test-key='{_uid(job)}'>"
            f"<small data-test='job-pubilshed-date'><span>Posted {age_in_words(job.posted, self._day)}</span>"
            f"</small><h2><a href='/jobs/{slug(job.title)}_~02{_uid(job)}/?referrer_url_path=/nx/search/'"
            f" data-test='job-tile-title-link UpLink'>{title}</a></h2>"
            f"<ul data-test='JobInfo'><li data-test='job-type-label'><strong>{kind}</strong></li>"
            f"<li data-test='experience-level'><strong>{job.level}</strong></li>"
            f"{length if job.hourly else price}</ul>"
            f"<div data-test='UpCLineClamp JobDescription'><p>{escape(job.description)}</p></div>"
            f"<div data-test='TokenClamp JobAttrs'>{tokens}</div></article>"
        )

    def _job(self, job: Job) -> Answer:
        similar = [
            {"uid": str(_uid(other)), "title": other.title} for other in self._jobs[:4] if other is not job
        ]
        state = {"vuex": {"jobDetails": _details(job) | {"similarJobs": similar}}}
        advert = {
            "@context": "http://schema.org", "@type": "JobPosting", "title": job.title,
            "description": job.description, "datePosted": job.posted.isoformat(),
            "url": f"https://www.upwork.com/freelance-jobs/apply/{slug(job.title)}_~02{_uid(job)}/",
            "baseSalary": {
                "@type": "MonetaryAmount", "currency": "USD",
                "value": {"@type": "QuantitativeValue", "minValue": job.low, "maxValue": job.high,
                          "unitText": "HOUR" if job.hourly else "PROJECT"},
            },
        }  # fmt: skip
        scripts = (
            f"<script type='application/ld+json'>{in_script(advert)}</script>"
            f"<script type='application/json' id='__NUXT_DATA__'>{in_script(flattened(state))}</script>"
        )
        return _html(job.title, f"<h1>{escape(job.title)}</h1><p>{escape(job.description)}</p>{scripts}")


def _uid(job: Job) -> int:
    return (int(job.posted.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS << 22) + job.id % (1 << 22)


def _fixed(job: Job) -> str:
    return (
        f"<li data-test='is-fixed-price'><strong>Est. budget:</strong> <strong>${job.high:,.2f}</strong></li>"
    )


def _money(amount: float) -> dict[str, str]:
    return {"rawValue": f"{amount:.1f}", "currency": "USD"}


def _node(job: Job) -> dict[str, Any]:
    return {
        "id": str(_uid(job)),
        "ciphertext": f"~02{_uid(job)}",
        "title": job.title,
        "description": job.description,
        "createdDateTime": job.posted.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "publishedDateTime": job.posted.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "category": slug(job.category).replace("-", "_"),
        "subcategory": slug(job.subcategory).replace("-", "_"),
        "durationLabel": job.duration if job.hourly else None,
        "engagement": None,
        "experienceLevel": job.level.upper(),
        "totalApplicants": job.bids,
        "hourlyBudgetType": "MANUAL" if job.hourly else None,
        "amount": _money(0 if job.hourly else job.high),
        "hourlyBudgetMin": _money(job.low) if job.hourly else None,
        "hourlyBudgetMax": _money(job.high) if job.hourly else None,
        "skills": [{"name": slug(skill), "prettyName": skill} for skill in job.skills],
        "client": {"location": {"country": job.country}, "totalReviews": job.id % 40, "totalFeedback": 4.8},
    }


def _details(job: Job) -> dict[str, Any]:
    rates = {"hourlyBudgetMin": job.low, "hourlyBudgetMax": job.high} if job.hourly else {}
    return {
        "job": {
            "uid": str(_uid(job)), "ciphertext": f"~02{_uid(job)}", "title": job.title,
            "description": job.description, "type": 2 if job.hourly else 1,
            "contractorTier": TIERS.get(job.level), "durationLabel": job.duration,
            "budget": {"amount": 0 if job.hourly else job.high, "currencyCode": "USD"},
            "extendedBudgetInfo": rates, "categoryGroup": {"name": job.category},
            "category": {"name": job.subcategory}, "postedOn": job.posted.isoformat(),
            "clientActivity": {"totalApplicants": job.bids},
        },
        "buyer": {
            "location": {"country": job.country}, "stats": {"score": 4.8, "feedbackCount": job.id % 40},
        },
        "sands": {
            "ontologySkills": [{"children": [{"name": skill} for skill in job.skills]}],
            "additionalSkills": [],
        },
    }  # fmt: skip


def flattened(value: Any) -> list[Any]:
    """A nested value as Nuxt writes it: one list, in which parts are named by their position."""
    flat: list[Any] = []

    def place(part: Any) -> int:
        at = len(flat)
        flat.append(None)
        if isinstance(part, dict):
            flat[at] = {key: place(inner) for key, inner in part.items()}
        elif isinstance(part, list):
            flat[at] = [place(inner) for inner in part]
        else:
            flat[at] = part
        return at

    place(value)
    return flat


def _html(title: str, body: str) -> Answer:
    page = f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title></head>"
    return Answer(f"{page}<body>{body}</body></html>".encode(), "text/html; charset=utf-8")
