with seen as (
    select
        source
        , count(*) as n_listings
        , min(posted_at) as first_posted_at
        , max(posted_at) as last_posted_at
        , min(first_seen_at) as first_seen_at
        , max(last_seen_at) as last_seen_at
        , avg(cast(price is not null as integer)) as price_share
        , avg(cast(currency is not null as integer)) as currency_share
        , avg(cast(posted_at is not null as integer)) as posted_share
        , avg(cast(native_category is not null as integer)) as category_share
    from {{ ref('listings') }}
    group by source
)

, texts as (
    select
        source
        , avg(cast(title is not null as integer)) as title_share
        , avg(cast(description is not null as integer)) as description_share
    from {{ ref('int_listings_latest') }}
    group by source
)

, sightings as (
    select
        source
        , count(*) as n_sightings
    from {{ ref('stg_sightings') }}
    group by source
)

, runs as (
    select
        source
        , max(loaded_at) as last_run_at
        , sum(n_quarantined) as n_quarantined
        , count(*) as n_runs
    from {{ ref('stg_runs') }}
    group by source
)

select
    sources.name as source
    , sources.title
    , sources.platform
    , sources.mode
    , sources.homepage
    , sources.terms_url
    , sources.terms_note
    , sources.licence
    , sources.frame
    , sources.coverage
    , sources.frame_query
    , sources.side
    , sources.currency
    , sources.locale
    , sources.retention_days
    , sources.publishes_text
    , sources.is_simulated
    , sources.verified
    , coalesce(seen.n_listings, 0) as n_listings
    , coalesce(sightings.n_sightings, 0) as n_sightings
    , coalesce(runs.n_runs, 0) as n_runs
    , seen.first_posted_at
    , seen.last_posted_at
    , seen.first_seen_at
    , seen.last_seen_at
    , runs.last_run_at
    , cast(coalesce(runs.n_quarantined, 0) as bigint) as n_quarantined
    , texts.title_share
    , texts.description_share
    , seen.price_share
    , seen.currency_share
    , seen.posted_share
    , seen.category_share
from {{ ref('stg_sources') }} as sources
left join seen on sources.name = seen.source
left join texts on sources.name = texts.source
left join sightings on sources.name = sightings.source
left join runs on sources.name = runs.source
