{# In which months a listing counts: a request when it was posted, an offer whenever it was seen. #}
select
    listings.listing_id
    , dated.month_on
from {{ ref('int_listings_latest') }} as listings
inner join {{ ref('int_listings_dated') }} as dated on listings.listing_id = dated.listing_id
where listings.side = 'request' and dated.month_on is not null
union all
select distinct
    listings.listing_id
    , cast(date_trunc('month', sightings.observed_at) as date) as month_on
from {{ ref('int_listings_latest') }} as listings
inner join {{ ref('stg_sightings') }} as sightings on listings.listing_id = sightings.listing_id
where listings.side = 'offer' and sightings.observed_at is not null
