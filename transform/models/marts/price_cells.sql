select
    grain
    , period_on
    , source
    , platform
    , side
    , price_kind
    , frame
    , is_simulated
    , currency
    , occupation
    , ai_category
    , n_listings
    , median
    , median_low
    , median_high
    , p25
    , p75
    , median_real
    , is_provisional
    , range_share
    , menu_share
    , verdict
from {{ ref('int_price_median_cells') }}
