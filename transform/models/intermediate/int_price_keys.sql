{# All contents a listing ever had: offers that change their price are what matched indices live from. #}
select
    {{ price_text_key('contents') }} as price_text_id
    , min(contents.price_raw) as price_raw
    , min(contents.price_kind_raw) as price_kind_raw
    , min(contents.currency_raw) as currency_raw
    , min(contents.source_currency) as source_currency
    , min(contents.source_locale) as source_locale
from {{ ref('int_listing_contents') }} as contents
where contents.price_raw is not null
group by 1
