{#-
Only listings that are new, changed, or classified with other seeds are classified; what is kept of a text are
the words of the seeds that were found in it.
-#}
{{ config(
    materialized='incremental',
    unique_key='listing_id',
    incremental_strategy='delete+insert',
    on_schema_change='sync_all_columns',
    post_hook="delete from {{ this }} where listing_id not in (select listing_id from {{ ref('int_listings_latest') }})"
) }}
-- depends_on: {{ ref('ai_categories') }}, {{ ref('ai_signals') }}, {{ ref('ai_terms') }}
-- depends_on: {{ ref('ai_near') }}, {{ ref('ai_rules') }}, {{ ref('ai_weights') }}
-- depends_on: {{ ref('tool_terms') }}, {{ ref('skill_terms') }}
{%- set text = "lower(substring(concat_ws(' | ', due.title, due.description, " ~ engine_join_list('due.skills', ' | ') ~ "), 1, 20000))" %}
{#- The number rises when the columns of this model or the classifier's macros change. -#}
{%- set version = 'v2-' ~ classify_terms_version() if execute else '' %}
with due as (
    select
        latest.listing_id
        , latest.content_hash
        , latest.title
        , latest.description
        , latest.skills
        , concat_ws(' / ', latest.native_category, latest.native_subcategory) as native_category
        , latest.language_raw
    from {{ ref('int_listings_latest') }} as latest
    {%- if is_incremental() %}
    left join {{ this }} as known
        on
            latest.listing_id = known.listing_id
            and latest.content_hash = known.content_hash
            and known.terms_version = '{{ version }}'
    where known.listing_id is null
    {%- endif %}
)

, decided as (
    {{ classify_statement('due', 'decisions') if execute }}
)

, languages as (
    select * from (with {{ classify_languages('due') }} select * from languages) as found
)

select
    decided.*
    , languages.language
    , {{ words_mentioned('tool_terms', text) }} as tool_words
    , {{ words_mentioned('skill_terms', text) }} as skill_words
    , due.content_hash
    , '{{ version }}' as terms_version
from decided
inner join due on decided.listing_id = due.listing_id
inner join languages on decided.listing_id = languages.listing_id
