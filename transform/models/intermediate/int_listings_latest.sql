with contents as (
    select
        listing_id
        , content_hash
        , max(observed_at) as last_observed_at
    from {{ ref('stg_sightings') }}
    group by listing_id, content_hash
)

, filled as (
    -- of two contents seen at the same moment (or at unknown ones) the fuller one counts
    select
        contents.listing_id
        , contents.content_hash
        , row_number() over (
            partition by contents.listing_id
            order by
                contents.last_observed_at desc nulls last
                , length(coalesce(listings.description, '')) desc
                , length(coalesce(listings.price_raw, '')) desc
                , contents.content_hash
        ) as position
    from contents
    inner join {{ ref('stg_listings') }} as listings
        on contents.listing_id = listings.listing_id and contents.content_hash = listings.content_hash
)

, sightings as (
    select
        *
        , row_number() over (
            partition by listing_id order by observed_at desc nulls last, source, sighting_id
        ) as position
    from {{ ref('stg_sightings') }}
)

, spans as (
    select
        listing_id
        , min(observed_at) as first_observed_at
        , max(observed_at) as last_observed_at
    from {{ ref('stg_sightings') }}
    group by listing_id
)

select
    listings.*
    , sightings.source
    , sightings.url
    , sightings.bids_raw
    , sightings.bid_average_raw
    , sightings.author_level_raw
    , sightings.author_rating_raw
    , sightings.author_reviews_raw
    , sightings.frame
    , sightings.coverage
    , sightings.frame_query
    , spans.first_observed_at
    , spans.last_observed_at
    , sources.currency as source_currency
    , sources.locale as source_locale
    , sources.publishes_text
    , sources.is_simulated
from {{ ref('stg_listings') }} as listings
inner join filled
    on
        listings.listing_id = filled.listing_id
        and listings.content_hash = filled.content_hash
        and filled.position = 1
inner join sightings on listings.listing_id = sightings.listing_id and sightings.position = 1
inner join spans on listings.listing_id = spans.listing_id
inner join {{ ref('stg_sources') }} as sources on sightings.source = sources.name
