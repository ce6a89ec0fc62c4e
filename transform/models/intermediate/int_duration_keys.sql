with texts as (
    select duration_raw as duration_text from {{ ref('int_listings_latest') }}
    union
    select delivery_raw as duration_text from {{ ref('int_listings_latest') }}
)

select duration_text
from texts
where duration_text is not null
