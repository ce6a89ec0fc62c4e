select
    sighting_id
    , listing_id
    , content_hash
    , source
    , url
    , nullif(trim(posted_raw), '') as posted_raw
    , posted_origin
    , cast(observed_at as timestamp) as observed_at
    , nullif(trim(bids_raw), '') as bids_raw
    , nullif(trim(bid_average_raw), '') as bid_average_raw
    , nullif(trim(author_level_raw), '') as author_level_raw
    , nullif(trim(author_rating_raw), '') as author_rating_raw
    , nullif(trim(author_reviews_raw), '') as author_reviews_raw
    , frame
    , coverage
    , frame_query
from {{ source('raw', 'sightings') }}
