{# Money: kinds that are never pooled, one number where one is needed, US dollars of the posting day. #}

with read as (
    select
        latest.listing_id
        , latest.side
        , latest.is_converted
        , coalesce(dated.posted_at, dated.first_seen_at) as priced_at
        , texts.price_low
        , texts.price_high
        , texts.currency
        , texts.pay_unit
        , coalesce(texts.is_from, false) as is_from
        , coalesce(texts.price_method, 'none') as price_method
        , coalesce(texts.price_reason, case when latest.price_raw is null then 'empty' end) as price_reason
    from {{ ref('int_listings_latest') }} as latest
    inner join {{ ref('int_listings_dated') }} as dated on latest.listing_id = dated.listing_id
    left join {{ ref('int_price_texts') }} as texts
        on texts.price_text_id = {{ price_text_key('latest') }} and latest.price_raw is not null
)

, kinds as (
    select
        *
        , case
            when price_low is null and price_high is null then null
            when pay_unit = 'hour' then 'rate'
            -- prices by the word, page or month are no price of the whole work
            when coalesce(pay_unit, 'project') <> 'project' then null
            when side = 'offer' then 'ask'
            else 'budget'
        end as price_kind
        -- an interval counts as its geometric middle; an open end is no single number
        , case
            when price_low > 0 and price_high > 0 then sqrt(price_low * price_high)
            when is_from and price_low > 0 then price_low
        end as price
    from read
)

select
    kinds.listing_id
    , kinds.price_kind
    , kinds.price_low
    , kinds.price_high
    , kinds.currency
    , kinds.pay_unit
    , kinds.is_from
    , kinds.price_method
    , kinds.price_reason as no_price_reason
    , kinds.price
    , kinds.price * rates.usd_per_unit as price_usd
    , kinds.price * rates.usd_per_unit * cpi.to_base as price_real_usd
    , case
        when kinds.price is not null and rates.usd_per_unit is not null
            then coalesce(cpi.is_provisional, false)
    end as is_price_provisional
    , case
        when kinds.price is null or rates.usd_per_unit is not null then null
        when kinds.currency is null then 'no_currency'
        when kinds.priced_at is null then 'no_date'
        when kinds.currency in (select currency from {{ ref('int_fx_rates') }}) then 'stale_rate'
        else 'no_rate'
    end as no_usd_reason
from kinds
left join {{ ref('int_fx_rates') }} as rates
    on kinds.currency = rates.currency and cast(kinds.priced_at as date) = rates.day_on
left join {{ ref('int_cpi_months') }} as cpi
    on cast(date_trunc('month', kinds.priced_at) as date) = cpi.month_on
