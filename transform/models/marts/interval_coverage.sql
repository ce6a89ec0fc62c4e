select
    effect
    , n_seeds
    , n_covered
    , coverage
    , coverage_low
    , coverage_high
    , planted
    , bias
    , mc_error
    , verdict
from {{ ref('planted_coverage') }}
