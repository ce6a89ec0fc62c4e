{# Every price that may enter a price series, with what the hedonic models know of its listing. #}
with countries as (
    -- the eight largest countries of a side; all others are one group
    select
        side
        , country
        , row_number() over (partition by side order by count(*) desc, country) as position
    from {{ ref('listings') }}
    where country is not null
    group by side, country
)

, texts as (
    select
        listing_id
        , length(coalesce(title, '') || coalesce(description, '')) as n_letters
        , coalesce(length(description) > 0, false) as is_described
    from {{ ref('int_listings_latest') }}
)

, asked as (
    select
        listing_id
        , month_on
        , price_kind
        , currency
        , price
        , price_usd
        , price as price_low
        , price as price_high
    from {{ ref('int_offer_prices') }}
    union all
    select
        listing_id
        , month_on
        , price_kind
        , currency
        , price
        , price_usd
        , price_low
        , price_high
    from {{ ref('listings') }}
    where side = 'request' and month_on is not null and price_kind is not null
    union all
    -- the average bid is a price of its own, in the request's currency
    select
        listings.listing_id
        , listings.month_on
        , 'bid' as price_kind
        , listings.currency
        , listings.bid_average as price
        , listings.bid_average * rates.usd_per_unit as price_usd
        , listings.bid_average as price_low
        , listings.bid_average as price_high
    from {{ ref('listings') }} as listings
    left join {{ ref('int_fx_rates') }} as rates
        on listings.currency = rates.currency and cast(listings.posted_at as date) = rates.day_on
    where
        listings.side = 'request'
        and listings.month_on is not null
        and listings.bid_average > 0
        and listings.pay_unit is distinct from 'hour'
)

, sellers as (
    -- when a seller was first seen in a source, and when watching that source began
    select
        listings.source
        , coalesce(listings.author_key, listings.listing_id) as seller
        , min(prices.month_on) as first_month_on
        , min(min(prices.month_on)) over (partition by listings.source) as watched_from_on
    from {{ ref('int_offer_prices') }} as prices
    inner join {{ ref('listings') }} as listings on prices.listing_id = listings.listing_id
    group by listings.source, coalesce(listings.author_key, listings.listing_id)
)

select
    asked.listing_id
    , asked.month_on
    , listings.source
    , listings.platform
    , listings.side
    , asked.price_kind
    , listings.frame
    , listings.is_simulated
    , listings.occupation
    , coalesce(listings.is_ai, false) as is_ai
    , listings.ai_category
    , coalesce(list_contains(listings.stances, 'human_only'), false) as is_human_only
    , coalesce(list_contains(listings.stances, 'ai_assisted'), false) as is_ai_assisted
    , asked.currency
    , asked.price
    , asked.price_usd
    , asked.price_low
    , asked.price_high
    , case when menus.platform is not null then rates.usd_per_unit end as menu_usd_per_unit
    , listings.price_method
    , menus.platform is not null and asked.price_kind = 'budget' as is_menu
    , coalesce(listings.level, 'not stated') as level
    , case
        when listings.duration_high_days is null then 'not stated'
        when listings.duration_high_days <= 7 then 'week'
        when listings.duration_high_days <= 31 then 'month'
        when listings.duration_high_days <= 186 then 'half-year'
        else 'longer'
    end as duration
    , coalesce(countries.country, case when listings.country is null then 'not stated' else 'other' end)
        as country_group
    , ln(1 + texts.n_letters) as log_letters
    , texts.is_described
    -- clients, or days where they are unknown, are resampled in a thousand groups drawn at random
    , cast(hash(coalesce(
        listings.author_key
        , listings.source || cast(coalesce(listings.posted_at, listings.first_seen_at) as date)
        , listings.listing_id
    )) % 1000 as smallint) as cluster
    , coalesce(
        sellers.first_month_on > sellers.watched_from_on
        and asked.month_on < sellers.first_month_on + interval '3 months'
        , false
    ) as is_entrant
    , coalesce(
        sellers.first_month_on > sellers.watched_from_on and asked.month_on = sellers.first_month_on
        , false
    ) as is_first_ask
    , coalesce(
        sellers.first_month_on > sellers.watched_from_on
        or asked.month_on >= sellers.watched_from_on + interval '3 months'
        , false
    ) as is_age_known
from asked
inner join {{ ref('listings') }} as listings on asked.listing_id = listings.listing_id
inner join texts on asked.listing_id = texts.listing_id
left join countries
    on listings.side = countries.side and listings.country = countries.country and countries.position <= 8
left join sellers
    on
        listings.side = 'offer'
        and listings.source = sellers.source
        and coalesce(listings.author_key, listings.listing_id) = sellers.seller
left join {{ ref('price_menus') }} as menus
    on
        listings.platform = menus.platform
        and asked.currency = menus.currency
        and asked.price_low is not distinct from menus.price_low
        and asked.price_high is not distinct from menus.price_high
left join {{ ref('int_fx_rates') }} as rates
    on
        menus.platform is not null
        and asked.currency = rates.currency
        and cast(listings.posted_at as date) = rates.day_on
where listings.engagement <> 'employment' and not listings.is_repost
