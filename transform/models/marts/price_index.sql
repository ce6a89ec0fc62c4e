select
    grain
    , period
    , period_on
    , side
    , price_kind
    , frame
    , is_simulated
    , currency
    , dimension
    , member
    , method
    , role
    , "index"
    , index_low
    , index_high
    , index_real
    , index_real_low
    , index_real_high
    , is_provisional
    , base_period
    , base_price
    , n_items
    , n_matched
    , n_pairs
    , verdict
    , rank_best
    , rank_worst
    , note
from {{ ref('int_price_index_cells') }}
