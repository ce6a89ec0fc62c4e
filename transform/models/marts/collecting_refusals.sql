select
    source
    , run_id
    , reason
    , n_pages
from {{ source('raw', 'collecting_refusals') }}
