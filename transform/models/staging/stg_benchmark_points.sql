select
    benchmark
    , series
    , period_on
    , value
    , unit
from {{ source('raw', 'benchmark_points') }}
