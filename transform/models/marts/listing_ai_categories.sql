select
    listing_id
    , ai_categories[rank] as category
    , rank
    , array_to_string(list_sort(list_distinct(string_split(array_to_string(list_transform(
        evidence, lambda found: replace(regexp_replace(found, '^[a-z]+ [0-9]+: ', ''), ' … ', '; ')
    ), '; '), '; '))), '; ') as evidence
    , evidence as evidence_places
from (
    select
        listing_id
        , ai_categories
        , evidence
        , cast(unnest(generate_series(1, len(ai_categories))) as integer) as rank
    from {{ ref('int_listings_tagged') }}
    where is_ai
) as each_category
