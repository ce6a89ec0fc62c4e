select
    months.month_on
    , listings.source
    , listings.platform
    , listings.side
    , listings.occupation
    , listings.frame
    , listings.coverage
    , listings.is_simulated
    , count(*) as n_listings
    , count(*) filter (where listings.is_ai) as n_ai
    , count(*) filter (where listings.price_usd is not null) as n_priced
    , count(*) filter (where listings.is_repost) as n_reposts
from {{ ref('listings') }} as listings
inner join {{ ref('int_listing_months') }} as months on listings.listing_id = months.listing_id
where listings.engagement <> 'employment'
group by all
