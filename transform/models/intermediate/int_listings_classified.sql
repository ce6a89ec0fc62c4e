{#-
Only listings that are new, changed, or classified with other seeds are classified; what is kept of a text are
the words of the seeds that were found in it.
-#}
{{ config(
    materialized=engine_growing(),
    unique_key='listing_id',
    incremental_strategy='delete+insert',
    on_schema_change='sync_all_columns',
    post_hook=engine_growing_only("delete from {{ this }} where listing_id not in (select listing_id from {{ ref('int_listings_latest') }})")
) }}
-- depends_on: {{ ref('ai_categories') }}, {{ ref('ai_signals') }}, {{ ref('ai_terms') }}
-- depends_on: {{ ref('ai_near') }}, {{ ref('ai_rules') }}, {{ ref('ai_weights') }}
-- depends_on: {{ ref('tool_terms') }}, {{ ref('skill_terms') }}
{#- The number rises when the columns of this model or the classifier's macros change. -#}
{%- set version = 'v7-' ~ classify_terms_version() if execute else '' %}
{%- set naming = classify_naming_pattern() if execute else '' %}
{%- set words = words_pattern(['tool_terms', 'skill_terms']) if execute else '' %}
{%- set own = {'title': 'own_title', 'description': 'own_description', 'skills': 'own_skills', 'native_category': 'own_category'} %}
{%- set renamed = [] %}
{%- for text, kept in own.items() %}{% do renamed.append(text ~ ' as ' ~ kept) %}{% endfor %}
with due as (
    select
        latest.listing_id
        , latest.content_hash
        , latest.title
        , latest.description
        , latest.skills
        , concat_ws(' / ', latest.native_category, latest.native_subcategory) as native_category
    from {{ ref('int_listings_latest') }} as latest
    {%- if is_incremental() %}
    left join {{ this }} as known
        on
            latest.listing_id = known.listing_id
            and latest.content_hash = known.content_hash
            -- a text whose time was over cannot be read again: its decision stays
            and (known.terms_version = '{{ version }}' or (latest.title is null and latest.description is null))
    where known.listing_id is null
    {%- endif %}
)

, lowered as (
    select
        {{ classify_lowered(['listing_id', 'content_hash'] + renamed) }}
    from due
)

, searched as (
    -- read once for both: most listings neither name AI nor use a listed word
    select
        *
        , {{ classify_may_name_ai('(?:' ~ naming ~ ')|(?:' ~ words ~ ')') }} as says_something
    from lowered
)

-- texts are kept of the few that say something, so that many listings need little memory
, said as (
    select
        listing_id
        , content_hash
        , title
        , description
        , says_something
        {%- for text in own.values() %}
        , case when says_something then {{ text }} end as {{ text }}
        {%- endfor %}
        , case
            when says_something then {{ words_mentioned(words, ["concat(title, ' | ', skills)", 'description']) }}
            else {{ engine_empty_texts() }}
        end as listed_words
    from searched
)

, {{ classify_languages('said', ['listing_id', 'content_hash', 'says_something', 'listed_words'] + own.values() | list) }}

, {% call engine_kept('listings') -%}
    select *
    from languages
{%- endcall %}

, candidates as (
    select
        listing_id
        {%- for text, kept in own.items() %}
        , {{ kept }} as {{ text }}
        {%- endfor %}
    from listings
    where says_something
)

, decided as (
    {{ classify_statement('candidates', 'decisions') if execute }}
)

select
    listings.listing_id
    , coalesce(decided.is_ai, false) as is_ai
    , coalesce(decided.categories, {{ engine_empty_texts() }}) as categories
    , coalesce(decided.stances, {{ engine_empty_texts() }}) as stances
    , coalesce(decided.evidence, {{ engine_empty_texts() }}) as evidence
    , decided.ai_score
    , listings.language
    , listings.listed_words
    , listings.content_hash
    , '{{ version }}' as terms_version
from listings
left join decided on listings.listing_id = decided.listing_id
