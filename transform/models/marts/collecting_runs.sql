select
    source
    , run_id
    , cast(started_at as timestamp) as started_at
    , outcome
    , is_held
    , parser_version
    , n_pages
    , n_listings
    , n_listings_usual
    , n_new
    , n_changed
    , n_same
    , n_gone
    , n_rejected
    , alarms
    , breaks
from {{ source('raw', 'collecting_runs') }}
