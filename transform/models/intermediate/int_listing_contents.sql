{# Every content of a listing beside how its latest source writes money. #}
select
    contents.listing_id
    , contents.content_hash
    , contents.price_raw
    , contents.price_kind_raw
    , contents.currency_raw
    , latest.source_currency
    , latest.source_locale
from {{ ref('stg_listings') }} as contents
inner join {{ ref('int_listings_latest') }} as latest on contents.listing_id = latest.listing_id
