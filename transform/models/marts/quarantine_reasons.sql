select
    run_id
    , source
    , reason
    , field
    , count(distinct line) as n_rows
    , min(line) as first_line
from {{ ref('stg_quarantine') }}
group by all
