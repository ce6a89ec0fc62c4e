with latest as (select * from {{ ref('int_listings_latest') }})

select
    latest.listing_id
    , latest.platform
    , latest.source
    , latest.side
    , latest.engagement
    -- texts of people who seek work, and of sources that do not permit it, stay in the private build file
    , case when latest.publishes_text or latest.side = 'request' then latest.title end as title
    , case when latest.publishes_text then latest.description end as description
    , latest.skills
    , latest.native_category
    , latest.native_subcategory
    , occupied.occupation
    , tagged.language
    , priced.price_kind
    , priced.price_low
    , priced.price_high
    , priced.currency
    , priced.pay_unit
    , priced.price
    , priced.price_usd
    , priced.price_real_usd
    , priced.is_price_provisional
    , priced.price_method
    , priced.no_price_reason
    , priced.no_usd_reason
    , latest.is_converted
    , {{ experience_level('latest.level_raw') }} as level
    , durations.low_days as duration_low_days
    , durations.high_days as duration_high_days
    , coalesce(deliveries.high_days, deliveries.low_days) as delivery_days
    , latest.urgency_raw is not null and lower(latest.urgency_raw) not in ('false', '0', 'no') as is_urgent
    , bids.count_low as bids_low
    , bids.count_high as bids_high
    , try_cast(latest.bid_average_raw as double) as bid_average
    , latest.country_raw as country
    , latest.author_key
    , latest.author_level_raw as author_level
    , try_cast(latest.author_rating_raw as double) as author_rating
    , reviews.count_low as author_reviews
    , dated.posted_at
    , dated.posted_precision
    , dated.posted_origin
    , dated.first_seen_at
    , dated.last_seen_at
    , dated.month_on
    , latest.frame
    , latest.coverage
    , latest.frame_query
    , reposted.is_repost
    , tagged.is_ai
    , tagged.ai_category
    , tagged.stances
    , latest.url
    , latest.is_simulated
from latest
inner join {{ ref('int_listings_dated') }} as dated on latest.listing_id = dated.listing_id
inner join {{ ref('int_listings_priced') }} as priced on latest.listing_id = priced.listing_id
inner join {{ ref('int_listings_reposted') }} as reposted on latest.listing_id = reposted.listing_id
inner join {{ ref('int_listings_tagged') }} as tagged on latest.listing_id = tagged.listing_id
inner join {{ ref('int_listings_occupied') }} as occupied on latest.listing_id = occupied.listing_id
left join {{ ref('int_duration_texts') }} as durations on latest.duration_raw = durations.duration_text
left join {{ ref('int_duration_texts') }} as deliveries on latest.delivery_raw = deliveries.duration_text
left join {{ ref('int_count_texts') }} as bids on latest.bids_raw = bids.count_text
left join {{ ref('int_count_texts') }} as reviews on latest.author_reviews_raw = reviews.count_text
