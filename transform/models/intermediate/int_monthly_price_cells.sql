{# The prices of each cell in ascending order; reposts and employment adverts are left out. #}
with prices as (
    select
        listing_id
        , month_on
        , price_kind
        , price_usd
    from {{ ref('listings') }}
    where side = 'request' and month_on is not null
    union all
    select
        listing_id
        , month_on
        , price_kind
        , price_usd
    from {{ ref('int_offer_prices') }}
    union all
    -- the average bid is a price of its own, in the request's currency
    select
        listings.listing_id
        , listings.month_on
        , 'bid' as price_kind
        , listings.bid_average * rates.usd_per_unit as price_usd
    from {{ ref('listings') }} as listings
    inner join {{ ref('int_fx_rates') }} as rates
        on listings.currency = rates.currency and cast(listings.posted_at as date) = rates.day_on
    where
        listings.side = 'request'
        and listings.month_on is not null
        and listings.bid_average > 0
        and listings.pay_unit is distinct from 'hour'
)

select
    prices.month_on
    , listings.source
    , listings.platform
    , listings.side
    , listings.occupation
    , prices.price_kind
    , listings.frame
    , listings.is_simulated
    , list(prices.price_usd order by prices.price_usd) as prices_usd
from prices
inner join {{ ref('listings') }} as listings on prices.listing_id = listings.listing_id
where
    prices.price_usd is not null
    and prices.price_kind is not null
    and listings.engagement <> 'employment'
    and not listings.is_repost
group by all
