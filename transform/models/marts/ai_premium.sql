select
    half_year
    , half_year_on
    , side
    , price_kind
    , frame
    , is_simulated
    , occupation
    , flag
    , n_listings
    , n_flagged
    , premium
    , premium_low
    , premium_high
    , corrected_premium
    , corrected_low
    , corrected_high
    , attenuation
    , verdict
    , rank_best
    , rank_worst
    , note
from {{ ref('int_price_premium_cells') }}
