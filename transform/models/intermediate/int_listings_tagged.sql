select
    latest.listing_id
    , coalesce(classified.language, lower(substring(latest.language_raw, 1, 2))) as language
    , coalesce(classified.language, 'en') in ({{ classify_covered_languages() }}) as is_language_covered
    , classified.is_ai
    , classified.categories as ai_categories
    , {{ engine_first('classified.categories') }} as ai_category
    , classified.stances
    , classified.evidence
    , classified.terms_version
from {{ ref('int_listings_latest') }} as latest
inner join {{ ref('int_listings_classified') }} as classified on latest.listing_id = classified.listing_id
