{#-
How many listings of a month use the words of a seed, by name: only names that a source and side has ever used,
with noughts for its other months.
-#}
{%- macro monthly_mentions(seed, name, column) -%}
with counted as (
    select
        months.month_on
        , listings.source
        , listings.platform
        , listings.side
        , listings.frame
        , listings.is_simulated
        , classified.{{ column }} as found
    from {{ ref('listings') }} as listings
    inner join {{ ref('int_listing_months') }} as months on listings.listing_id = months.listing_id
    inner join {{ ref('int_listings_classified') }} as classified on listings.listing_id = classified.listing_id
    where listings.engagement <> 'employment' and not coalesce(listings.is_repost, false)
)

, totals as (
    select month_on, source, platform, side, frame, is_simulated, count(*) as n
    from counted
    group by all
)

, named as (
    select month_on, source, platform, side, frame, is_simulated, {{ name }}, count(*) as k
    from (
        select distinct
            counted.* exclude (found)
            , counted.row_number
            , terms.{{ name }}
        from (
            select *, row_number() over () as row_number, unnest(found) as word
            from counted
            where len(found) > 0
        ) as counted
        inner join {{ ref(seed) }} as terms on counted.word = terms.term
    ) as each_once
    group by all
)

, firsts as (
    select source, platform, side, frame, is_simulated, {{ name }}, min(month_on) as first_seen_on
    from named
    group by all
)

select
    totals.month_on
    , totals.source
    , totals.platform
    , totals.side
    , totals.frame
    , totals.is_simulated
    , firsts.{{ name }}
    , coalesce(named.k, 0) as k
    , totals.n
    , firsts.first_seen_on
from totals
inner join firsts using (source, platform, side, frame, is_simulated)
left join named using (month_on, source, platform, side, frame, is_simulated, {{ name }})
{%- endmacro -%}
