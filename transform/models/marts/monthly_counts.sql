select
    month_on
    , source
    , platform
    , side
    , occupation
    , frame
    , coverage
    , is_simulated
    , count(*) as n_listings
    , count(*) filter (where is_ai) as n_ai
    , count(*) filter (where price_usd is not null) as n_priced
    , count(*) filter (where is_repost) as n_reposts
from {{ ref('listings') }}
where month_on is not null and engagement <> 'employment'
group by all
