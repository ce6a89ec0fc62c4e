{# Reposts and employment adverts are left out; occupations and categories have a total, `all` and `any`. #}
with counted as (
    select
        months.month_on
        , listings.source
        , listings.platform
        , listings.side
        , listings.occupation
        , listings.frame
        , listings.is_simulated
        , listings.listing_id
        , listings.is_ai
        , tagged.ai_categories
        , latest.description is not null as is_described
    from {{ ref('listings') }} as listings
    inner join {{ ref('int_listing_months') }} as months on listings.listing_id = months.listing_id
    inner join {{ ref('int_listings_tagged') }} as tagged on listings.listing_id = tagged.listing_id
    inner join {{ ref('int_listings_latest') }} as latest on listings.listing_id = latest.listing_id
    where
        listings.engagement <> 'employment'
        and not coalesce(listings.is_repost, false)
        -- what has no text, or speaks a language without terms, was not read: it is no "not AI"
        and tagged.is_language_covered
        and (latest.title is not null or latest.description is not null or len(latest.skills) > 0)
)

, categories as (
    select category from {{ ref('ai_categories') }} where kind = 'category'
    union all
    select 'any' as category
)

, totals as (
    select
        month_on
        , source
        , platform
        , side
        , coalesce(occupation, 'all') as occupation
        , frame
        , is_simulated
        , count(*) as n
        , avg(cast(is_described as integer)) as described_share
    from counted
    group by grouping sets (
        (month_on, source, platform, side, occupation, frame, is_simulated)
        , (month_on, source, platform, side, frame, is_simulated)
    )
)

, found as (
    select
        month_on
        , source
        , platform
        , side
        , coalesce(occupation, 'all') as occupation
        , frame
        , is_simulated
        , category
        , count(*) as k
    from (
        select counted.* exclude (ai_categories, is_ai), 'any' as category from counted where is_ai
        union all
        select counted.* exclude (ai_categories, is_ai), unnest(ai_categories) as category from counted
    ) as each_category
    group by grouping sets (
        (month_on, source, platform, side, occupation, frame, is_simulated, category)
        , (month_on, source, platform, side, frame, is_simulated, category)
    )
)

select
    totals.month_on
    , totals.source
    , totals.platform
    , totals.side
    , totals.occupation
    , categories.category
    , totals.frame
    , totals.is_simulated
    , case
        when totals.described_share >= 0.9 then 'described'
        when totals.described_share <= 0.1 then 'title_only'
        else 'mixed'
    end as text_kind
    , coalesce(found.k, 0) as k
    , totals.n
from totals
cross join categories
left join found
    on
        totals.month_on = found.month_on
        and totals.source = found.source
        and totals.platform = found.platform
        and totals.side = found.side
        and totals.occupation = found.occupation
        and totals.frame = found.frame
        and totals.is_simulated = found.is_simulated
        and categories.category = found.category
