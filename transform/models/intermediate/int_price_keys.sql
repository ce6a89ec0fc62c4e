select
    {{ price_text_key('listings') }} as price_text_id
    , min(price_raw) as price_raw
    , min(price_kind_raw) as price_kind_raw
    , min(currency_raw) as currency_raw
    , min(source_currency) as source_currency
    , min(source_locale) as source_locale
from {{ ref('int_listings_latest') }} as listings
where price_raw is not null
group by 1
