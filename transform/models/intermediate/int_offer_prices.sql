{# What an offer asked in each month in which it was seen: the panel of the matched indices. #}
with asked as (
    select
        sightings.listing_id
        , cast(date_trunc('month', sightings.observed_at) as date) as month_on
        , latest.source
        , latest.frame
        , latest.is_simulated
        , texts.currency
        , case when texts.pay_unit = 'hour' then 'rate' else 'ask' end as price_kind
        -- several sightings in one month count as their geometric mean
        , exp(avg(ln(coalesce(sqrt(texts.price_low * texts.price_high), texts.price_low)))) as price
        , cast(max(sightings.observed_at) as date) as last_seen_on
    from {{ ref('stg_sightings') }} as sightings
    inner join {{ ref('int_listings_latest') }} as latest
        on sightings.listing_id = latest.listing_id and latest.side = 'offer'
    inner join {{ ref('int_listing_contents') }} as contents
        on sightings.listing_id = contents.listing_id and sightings.content_hash = contents.content_hash
    inner join {{ ref('int_price_texts') }} as texts
        on texts.price_text_id = {{ price_text_key('contents') }}
    where
        sightings.observed_at is not null
        and contents.price_raw is not null
        and texts.price_low > 0
        and coalesce(texts.pay_unit, 'project') in ('project', 'hour')
        and (texts.price_high > 0 or texts.is_from)
    group by all
)

select
    asked.*
    , asked.price * rates.usd_per_unit as price_usd
from asked
left join {{ ref('int_fx_rates') }} as rates
    on asked.currency = rates.currency and asked.last_seen_on = rates.day_on
