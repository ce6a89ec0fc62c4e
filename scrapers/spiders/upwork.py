"""Upwork: its official API with the user's own token; saved search and job pages for whoever holds them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit

from selectolax.lexbor import LexborNode

from scrapers.blocks import refuse
from scrapers.listing import Listing
from scrapers.page import (
    Found,
    Note,
    Page,
    PageRefused,
    Reject,
    need,
    need_list,
    plain,
    said,
    text_of,
    unknown_keys,
)
from scrapers.source import Source
from scrapers.spiders.base import SourceSpider, Window
from scrapers.state import json_ld, revived

API = "/graphql"
QUERY = """query Jobs($filter: MarketplaceJobPostingsSearchFilter) {
  marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter, searchType: USER_JOBS_SEARCH,
                               sortAttributes: [{field: RECENCY}]) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node {
      id ciphertext title description createdDateTime publishedDateTime category subcategory
      durationLabel engagement experienceLevel totalApplicants hourlyBudgetType
      amount { rawValue currency } hourlyBudgetMin { rawValue currency } hourlyBudgetMax { rawValue currency }
      skills { name prettyName } client { location { country } totalReviews totalFeedback }
    } }
  }
}"""
PAGE_SIZE = 50
HANDLED = {"id", "ciphertext", "title", "description", "createdDateTime", "publishedDateTime", "category"}
HANDLED |= {
    "subcategory",
    "durationLabel",
    "experienceLevel",
    "totalApplicants",
    "hourlyBudgetType",
    "amount",
}
HANDLED |= {"hourlyBudgetMin", "hourlyBudgetMax", "skills", "client"}
KNOWN = frozenset(HANDLED | {"engagement", "duration"})
TIERS = {1: "Entry Level", 2: "Intermediate", 3: "Expert"}
CIPHER = re.compile(r"~0[12](\d{10,})")


class Upwork(SourceSpider):
    """Four shapes of the same jobs: the API, the search page, the job page's state, and its JSON-LD."""

    source = Source(
        name="upwork",
        title="Upwork",
        platform="upwork",
        mode="own",
        homepage="https://www.upwork.com/developer/documentation/graphql/api/docs/index.html",
        terms_url="https://www.upwork.com/legal#api",
        terms_note="The terms of use forbid scraping. The official API needs an own key, allows 10 requests "
        "a second, and its data may be kept for 24 hours (2026-11).",
        frame="full",
        coverage="capped",
        engagement="gig",
        currency="USD",
        locale="en_US",
        retention_days=1,
        expected_daily=(1_000, 30_000),
    )
    root = "https://api.upwork.com"
    needs_token: ClassVar[bool] = True
    archived_hosts: ClassVar[tuple[str, ...]] = ("www.upwork.com",)

    def starts(self, window: Window) -> Iterable[str]:
        """The first page of the API, newest first."""
        yield f"{self.root}{API}#{_cursor(None)}"

    def asking(self, url: str) -> dict[str, Any]:
        """The API is asked by POST; the cursor stands in the address's fragment, which is never sent."""
        cursor = json.loads(unquote(urlsplit(url).fragment) or "null")
        pagination = {"first": PAGE_SIZE} | ({"after": cursor} if cursor else {})
        body = {"query": QUERY, "variables": {"filter": {"pagination_eq": pagination}}}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token or ''}"}
        return {"method": "POST", "body": json.dumps(body), "headers": headers}

    def parse(self, page: Page) -> Iterator[Listing | Found]:
        """An answer of the API, a search page, or a job page."""
        if page.path == API:
            return self._answer(page)
        if tiles := page.html.css("article[data-test=JobTile][data-test-key]"):
            return (self._tile(page, tile) for tile in tiles)
        return self._job(page)

    def _answer(self, page: Page) -> Iterator[Listing | Found]:
        answer = page.json()
        if answer.get("errors"):
            raise PageRefused("drift", "the API answered with errors: the query no longer fits its schema")
        found = need(answer, "data", "marketplaceJobPostingsSearch")
        edges = need_list(found, "edges")
        if not edges:
            yield Note("empty", "the API has no job for the query")
        for edge in edges:
            yield from unknown_keys(edge["node"], KNOWN, "node")
            yield self._node(page, edge["node"])
        info = found.get("pageInfo") or {}
        if info.get("hasNextPage") and info.get("endCursor"):
            yield self.follow(f"{API}#{_cursor(info['endCursor'])}")

    def _node(self, page: Page, node: dict[str, Any]) -> Listing | Reject:
        if not node.get("id") or not node.get("title"):
            return Reject("title" if node.get("id") else "native_id", "the job lacks its title or id")
        client = node.get("client") or {}
        rates = [node.get("hourlyBudgetMin"), node.get("hourlyBudgetMax")]
        money = [part for part in rates if part] or [node.get("amount")]
        price = _range([(part or {}).get("rawValue") for part in money])
        is_hourly = any(rates) or node.get("hourlyBudgetType")
        return self.listing(
            page,
            native_id=said(node["id"]),
            title=plain(node["title"]),
            description=said(node.get("description")),
            skills=[skill.get("prettyName") or skill.get("name") for skill in node.get("skills") or []],
            category_raw=said(node.get("category")),
            subcategory_raw=said(node.get("subcategory")),
            price_raw=price,
            price_kind_raw="hourly" if is_hourly else "fixed" if price else None,
            currency_raw=next((part["currency"] for part in money if part and part.get("currency")), None),
            level_raw=said(node.get("experienceLevel")),
            duration_raw=said(node.get("durationLabel")),
            country_raw=said((client.get("location") or {}).get("country")),
            url=f"https://www.upwork.com/jobs/{node['ciphertext']}" if node.get("ciphertext") else None,
            posted_raw=said(node.get("publishedDateTime") or node.get("createdDateTime")),
            posted_origin="api",
            bids_raw=said(node.get("totalApplicants")),
            author_rating_raw=said(client.get("totalFeedback") or None),
            author_reviews_raw=said(client.get("totalReviews")),
        )

    def _tile(self, page: Page, tile: LexborNode) -> Listing | Reject:
        link = tile.css_first("a[data-test~=job-tile-title-link]")
        title = text_of(link, glue="")
        if not title or link is None:
            return Reject("title", "the tile lacks its title")
        kind, _, rate = (text_of(tile.css_first("[data-test=job-type-label]")) or "").partition(":")
        budget = text_of(tile.css_first("[data-test=is-fixed-price] strong:last-child"))
        length = text_of(tile.css_first("[data-test=duration-label] strong:last-child"))
        return self.listing(
            page,
            native_id=tile.attributes.get("data-test-key"),
            title=title,
            description=text_of(tile.css_first("[data-test~=JobDescription]"), glue=""),
            skills=[name for node in tile.css("[data-test=token]") if (name := text_of(node, glue=""))],
            price_raw=rate.strip() or budget,
            price_kind_raw=kind.strip() or None,
            level_raw=text_of(tile.css_first("[data-test=experience-level]")),
            duration_raw=length,
            url=f"https://www.upwork.com{(link.attributes.get('href') or '').split('?')[0]}",
            posted_raw=text_of(tile.css_first("[data-test=job-pubilshed-date]")),
            posted_origin="page",
            frame="query",
            coverage="unknown",
            frame_query=page.query.get("q"),
        )

    def _job(self, page: Page) -> Iterator[Listing | Found]:
        state = revived(page, "script#__NUXT_DATA__")
        details = ((state or {}).get("vuex") or {}).get("jobDetails") or {}
        advert = json_ld(page, "JobPosting")
        if details.get("job"):
            yield self._state_job(page, details)
        elif advert is not None:
            yield self._json_ld_job(page, advert)
        else:
            error = (((state or {}).get("vuex") or {}).get("job") or {}).get("errorResponse") or {}
            if error.get("status"):
                raise PageRefused("shell", f"the job is not shown (status {error['status']} in the page)")
            refuse(page, "neither job tiles nor a job posting")

    def _state_job(self, page: Page, details: dict[str, Any]) -> Listing:
        job, buyer = details["job"], details.get("buyer") or {}
        rates = job.get("extendedBudgetInfo") or {}
        rate = _range([rates.get("hourlyBudgetMin"), rates.get("hourlyBudgetMax")])
        budget = job.get("budget") or {}
        sands = details.get("sands") or {}
        groups = [group.get("children") or [] for group in sands.get("ontologySkills") or []]
        skills = [skill["name"] for group in groups for skill in group]
        return self.listing(
            page,
            native_id=said(need(job, "uid")),
            title=said(need(job, "title")),
            description=said(job.get("description")),
            skills=skills + [skill["name"] for skill in sands.get("additionalSkills") or []],
            category_raw=said((job.get("categoryGroup") or {}).get("name")),
            subcategory_raw=said((job.get("category") or {}).get("name")),
            price_raw=rate or _range([budget.get("amount")]),
            price_kind_raw={1: "Fixed price", 2: "Hourly"}.get(job.get("type")),
            currency_raw=said(budget.get("currencyCode")),
            level_raw=TIERS.get(job.get("contractorTier")),
            duration_raw=said(job.get("durationLabel")),
            country_raw=said((buyer.get("location") or {}).get("country")),
            url=f"https://www.upwork.com/jobs/{job['ciphertext']}" if job.get("ciphertext") else page.url,
            posted_raw=said(job.get("postedOn") or job.get("createdOn")),
            posted_origin="page",
            bids_raw=said((job.get("clientActivity") or {}).get("totalApplicants")),
            author_rating_raw=said((buyer.get("stats") or {}).get("score") or None),
            author_reviews_raw=said((buyer.get("stats") or {}).get("feedbackCount")),
            frame="panel",
            coverage="unknown",
        )

    def _json_ld_job(self, page: Page, advert: dict[str, Any]) -> Listing:
        found = CIPHER.search(advert.get("url") or page.url)
        if found is None:
            raise PageRefused("drift", "the job posting's address holds no job number")
        salary = advert.get("baseSalary") or {}
        value = (
            salary.get("value") if isinstance(salary.get("value"), dict) else {"value": salary.get("value")}
        )
        amounts = [value.get("minValue"), value.get("maxValue")] if value else []
        return self.listing(
            page,
            native_id=found[1],
            title=said(need(advert, "title")),
            description=plain(advert.get("description") or "") or None,
            price_raw=_range(amounts) or _range([(value or {}).get("value")]),
            price_kind_raw=said((value or {}).get("unitText")),
            currency_raw=said(salary.get("currency")),
            url=said(advert.get("url")),
            posted_raw=said(advert.get("datePosted")),
            posted_origin="page",
            frame="panel",
            coverage="unknown",
        )


def _cursor(value: str | None) -> str:
    return quote(json.dumps(value), safe="")


def _range(amounts: Iterable[Any]) -> str | None:
    """Amounts as one text; an amount of zero is none."""
    texts = [text for text in map(said, amounts) if text and float(text) != 0]
    return " - ".join(texts) or None
