"""Questions about AI work: shares of the market, growth, first sightings, examples, scores."""

from __future__ import annotations

from dashboard.queries import MINIMUM, wilson
from dashboard.release import Question

GROWTH_MONTHS = {"request": 12, "offer": 1}
"""Months at each end of a source that are compared."""


def market_sources(is_simulated: bool, side: str) -> Question:
    """Sources whose full frame and texts let them speak of the market on one side; the largest first."""
    return Question(
        "monthly_ai_share",
        """
        select share.source, any_value(sources.title) as title, any_value(sources.licence) as licence,
          sum(share.n)::bigint as n, min(share.month_on) as first_on, max(share.month_on) as last_on
        from (
          select source, n, month_on
          from monthly_ai_share
          where is_simulated = $is_simulated and side = $side and frame = 'full'
            and occupation = 'all' and category = 'any'
        ) as share
        join sources using (source)
        where greatest(coalesce(title_share, 0), coalesce(description_share, 0)) >= 0.5
        group by share.source
        having max(share.n) >= 30
        order by n desc, share.source""",
        {"is_simulated": is_simulated, "side": side},
    )


def silent_sources(is_simulated: bool, side: str) -> Question:
    """Sources with a full frame that give too little text to be classified."""
    return Question(
        "sources",
        """
        select title
        from sources
        where is_simulated = $is_simulated and frame = 'full' and side in ($side, 'both') and n_listings > 0
          and greatest(coalesce(title_share, 0), coalesce(description_share, 0)) < 0.5
        order by title""",
        {"is_simulated": is_simulated, "side": side},
    )


def ai_share(source: str, side: str, occupation: str, category: str) -> Question:
    """Monthly share of one AI category (or `any`) in one source, side and occupation (or `all`)."""
    return Question(
        "monthly_ai_share",
        """
        select month_on, k, n, share, share_low, share_high, corrected_share, corrected_low, corrected_high,
          correction_reason
        from monthly_ai_share
        where source = $source and side = $side and occupation = $occupation and category = $category
          and frame = 'full'
        order by month_on""",
        {"source": source, "side": side, "occupation": occupation, "category": category},
    )


def ai_shares(source: str, side: str, occupation: str) -> Question:
    """Monthly shares of all AI categories in one source, side and occupation."""
    return Question(
        "monthly_ai_share",
        """
        select month_on, category, k, n, share, share_low, share_high
        from monthly_ai_share
        where source = $source and side = $side and occupation = $occupation and category <> 'any'
          and frame = 'full'
        order by category, month_on""",
        {"source": source, "side": side, "occupation": occupation},
    )


def ai_growth(source: str, side: str, occupation: str) -> Question:
    """Share of each AI category in the first and the last months of a source, with Wilson intervals.

    Requests: the first and the last twelve months. Offers: the first and the last month with enough of
    them, because an offer counts in every month it is seen and must not count twice in a period.
    """
    months = GROWTH_MONTHS[side]
    return Question(
        "monthly_ai_share",
        f"""
        with monthly as (
          select month_on, category, k, n
          from monthly_ai_share
          where source = $source and side = $side and occupation = $occupation and frame = 'full'
        ),
        span as (
          select min(month_on) as first_on, max(month_on) as last_on
          from monthly
          where category = 'any' and n >= {MINIMUM if months == 1 else 1}
        ),
        cells as (
          select category,
            case when month_on > last_on - to_months($months::integer) then 'late' else 'early' end as era,
            month_on, k, n
          from monthly, span
          where month_on > last_on - to_months($months::integer)
            or (month_on < first_on + to_months($months::integer)
              and month_on <= last_on - to_months($months::integer))
        ),
        sums as (
          select category, era, min(month_on) as first_on, max(month_on) as last_on,
            sum(k)::double as k, sum(n)::double as n
          from cells
          group by category, era
          having sum(n) >= {MINIMUM}
        )
        select category, era, first_on, last_on, k::bigint as k, n::bigint as n, k / n as share,
          greatest({wilson("-")}, 0) as share_low, least({wilson("+")}, 1) as share_high
        from sums
        order by category, era""",
        {"source": source, "side": side, "occupation": occupation, "months": months},
    )


def occupations_in(mart: str, source: str, side: str) -> Question:
    """Occupations that a mart holds for one source and side."""
    return Question(
        mart,
        f"""
        select distinct occupation
        from {mart}
        where source = $source and side = $side
        order by occupation""",
        {"source": source, "side": side},
    )


def first_seen(is_simulated: bool, side: str) -> Question:
    """First listing of each primary AI category, when posted or else first seen; one row a category."""
    return Question(
        "listings",
        """
        select ai_category as category, min(coalesce(posted_at, first_seen_at))::date as first_on,
          arg_min(source, coalesce(posted_at, first_seen_at)) as source, count(*) as n
        from listings
        where is_simulated = $is_simulated and side = $side and is_ai and ai_category is not null
          and engagement <> 'employment' and coalesce(posted_at, first_seen_at) is not null
        group by ai_category
        order by first_on""",
        {"is_simulated": is_simulated, "side": side},
    )


def examples(is_simulated: bool, side: str, category: str, count: int = 6) -> Question:
    """The newest listings of one primary AI category, with the words that decided.

    The rows are chosen first, so that texts are read of the chosen rows alone.
    """
    return Question(
        "listings",
        """
        with chosen as (
          select rowid as row
          from listings
          where is_simulated = $is_simulated and side = $side and is_ai and ai_category = $category
            and engagement <> 'employment' and title is not null
          order by month_on desc nulls last, row
          limit $count
        ),
        shown as (
          select listings.*
          from listings
          where rowid in (select row from chosen)
        )
        select title, evidence, source, platform, month_on, url,
          left(description, 600) || case when len(description) > 600 then ' …' else '' end as description
        from shown
        left join (
          select listing_id, evidence
          from listing_ai_categories
          where rank = 1 and listing_id in (select listing_id from shown)
        ) as tag using (listing_id)
        order by month_on desc nulls last, listing_id""",
        {"is_simulated": is_simulated, "side": side, "category": category, "count": count},
    )


def scores() -> Question:
    """Scores of the classifier on all labelled listings; one row a class and split."""
    return Question(
        "classifier_scores",
        """
        select split, class, n_examples, precision, recall, f1, f1_low, f1_high, n_listings, note
        from classifier_scores
        where stratum = 'all' and side = 'all'
        order by split, n_examples desc, class""",
    )


def scores_by_stratum() -> Question:
    """Scores for any AI work by the way the listings were drawn, and by side."""
    return Question(
        "classifier_scores",
        """
        select split, stratum, side, n_listings, n_examples, precision, recall, f1, f1_low, f1_high
        from classifier_scores
        where class = 'any_ai'
        order by split, stratum, side""",
    )


def words(mart: str, column: str, source: str, side: str) -> Question:
    """Share of listings that name a tool or ask for a human skill, in the last months of a source."""
    return Question(
        mart,
        f"""
        with recent as (
          select *, max(month_on) over () as last_on
          from {mart}
          where source = $source and side = $side and frame = 'full'
        ),
        sums as (
          select {column}, sum(k)::double as k, sum(n)::double as n, min(first_seen_on) as first_seen_on,
            min(month_on) as from_on, max(month_on) as to_on
          from recent
          where month_on > last_on - to_months({GROWTH_MONTHS[side]})
          group by {column}
          having sum(n) >= {MINIMUM}
        )
        select {column}, k::bigint as k, n::bigint as n, k / n as share,
          greatest({wilson("-")}, 0) as share_low, least({wilson("+")}, 1) as share_high,
          first_seen_on, from_on, to_on
        from sums
        where k > 0
        order by share desc, {column}""",
        {"source": source, "side": side},
    )
