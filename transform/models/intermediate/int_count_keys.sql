with texts as (
    select bids_raw as count_text from {{ ref('int_listings_latest') }}
    union
    select author_reviews_raw as count_text from {{ ref('int_listings_latest') }}
)

select count_text
from texts
where count_text is not null
