select
    month_on
    , source
    , platform
    , side
    , occupation
    , category
    , frame
    , is_simulated
    , k
    , n
    , share
    , share_low
    , share_high
    , corrected_share
    , corrected_low
    , corrected_high
    , correction_reason
from {{ ref('int_monthly_ai_shares') }}
