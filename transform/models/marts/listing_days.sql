select distinct
    sightings.listing_id
    , cast(coalesce(sightings.observed_at, dated.posted_at) as date) as seen_on
    , sightings.source
    , listings.platform
    , listings.side
from {{ ref('stg_sightings') }} as sightings
inner join {{ ref('int_listings_latest') }} as listings on sightings.listing_id = listings.listing_id
inner join {{ ref('int_listings_dated') }} as dated on sightings.listing_id = dated.listing_id
where coalesce(sightings.observed_at, dated.posted_at) is not null
