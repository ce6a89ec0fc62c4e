select
    origin
    , cast(read_at as timestamp) as read_at
    , outcome
    , cast(stay_away_until as timestamp) as stay_away_until
    , stay_away_why
from {{ source('raw', 'robots_readings') }}
