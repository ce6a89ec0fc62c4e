{# The prices of each cell in ascending order; reposts and employment adverts are left out. #}
select
    month_on
    , source
    , platform
    , side
    , occupation
    , price_kind
    , frame
    , is_simulated
    , list(price_usd order by price_usd) as prices_usd
from {{ ref('listings') }}
where
    month_on is not null
    and price_usd is not null
    and price_kind is not null
    and engagement <> 'employment'
    and not is_repost
group by all
