select
    run_id
    , source
    , line
    , field
    , reason
from {{ source('raw', 'quarantine') }}
