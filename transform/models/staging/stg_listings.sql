select
    listing_id
    , content_hash
    , platform
    , native_id
    , side
    , nullif(trim(title), '') as title
    , nullif(trim(description), '') as description
    , skills
    , nullif(trim(category_raw), '') as native_category
    , nullif(trim(subcategory_raw), '') as native_subcategory
    , nullif(trim(price_raw), '') as price_raw
    , nullif(trim(price_kind_raw), '') as price_kind_raw
    , nullif(trim(currency_raw), '') as currency_raw
    , packages_json
    , is_converted
    , nullif(trim(level_raw), '') as level_raw
    , nullif(trim(duration_raw), '') as duration_raw
    , nullif(trim(delivery_raw), '') as delivery_raw
    , nullif(trim(urgency_raw), '') as urgency_raw
    , engagement
    , nullif(trim(country_raw), '') as country_raw
    , nullif(trim(language_raw), '') as language_raw
    , author_key
from {{ source('raw', 'listings') }}
