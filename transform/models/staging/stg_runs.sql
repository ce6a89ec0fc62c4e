select
    run_id
    , source
    , kind
    , file_name
    , cast(started_at as timestamp) as started_at
    , cast(loaded_at as timestamp) as loaded_at
    , parser_version
    , n_seen
    , n_new
    , n_repeated
    , n_changed
    , n_quarantined
from {{ source('raw', 'runs') }}
