{#- The seeds as they stand in the warehouse, read when the statement is compiled. -#}
{%- macro classify_seed_queries(what) -%}
{%- if what == 'terms' -%}
select signal, term, field, language, translate(lower(term), '{{ classify_accented() }}', '{{ classify_unaccented() }}') as folded
from {{ ref('ai_terms') }} order by signal, term, field
{%- elif what == 'near' -%}
select signal, first, second, within, in_order from {{ ref('ai_near') }} order by signal, first, second
{%- elif what == 'signals' -%}
select signal, category, names_ai, cast(strength as double) >= 1.5 as is_strong from {{ ref('ai_signals') }} order by signal
{%- elif what == 'rules' -%}
select rule, all_of, any_of, none_of from {{ ref('ai_rules') }} order by rule
{%- elif what == 'categories' -%}
select category, kind from {{ ref('ai_categories') }} order by cast(position as integer)
{%- elif what == 'weights' -%}
select feature, category, weight from {{ ref('ai_weights') }} order by feature, category
{%- elif what == 'words' -%}
select tool, term from {{ ref('tool_terms') }} union all select skill, term from {{ ref('skill_terms') }} order by 1, 2
{%- endif -%}
{%- endmacro -%}

{%- macro classify_statement(relation, want) -%}
{%- set terms = run_query(classify_seed_queries('terms')).rows -%}
{%- set near = run_query(classify_seed_queries('near')).rows -%}
{%- set signals = run_query(classify_seed_queries('signals')).rows -%}
{%- set rules = run_query(classify_seed_queries('rules')).rows -%}
{%- set categories = run_query(classify_seed_queries('categories')).rows -%}
{%- set naming = signals | selectattr('names_ai', 'equalto', 'yes') | map(attribute='signal') | list -%}
with
{{- classify_texts(relation, classify_prefilter(terms, naming), terms) }},
{{ classify_dictionary(ref('ai_terms')) }},
{{ classify_hits() }},
{{ classify_near(near) }},
{{ classify_features(signals, rules) }}
{%- if want == 'features' %}
select listing_id, features from derived
{%- else -%},
{{ classify_decisions(categories, ref('ai_weights')) }},
{{ classify_evidence(ref('ai_signals')) }}
select
    l.listing_id,
    coalesce(d.is_ai, false) as is_ai,
    coalesce(d.categories, {{ engine_empty_texts() }}) as categories,
    coalesce(d.stances, {{ engine_empty_texts() }}) as stances,
    coalesce(e.evidence, {{ engine_empty_texts() }}) as evidence,
    d.ai_score
from {{ relation }} as l
left join decided as d on l.listing_id = d.listing_id
left join evidence as e on l.listing_id = e.listing_id
{%- endif -%}
{%- endmacro -%}

{#- The words that speak for what was decided: field, number of the word in it, the words. -#}
{%- macro classify_evidence(signals_relation) %}
evidence as (
    select listing_id, {{ engine_collect_distinct("concat(field, ' ', lpad(cast(word as " ~ engine_text_type() ~ "), 4, '0'), ': ', words)") }} as evidence
    from (
        select
            h.listing_id, h.field, h.pos as word, h.words
        from hits as h
        inner join (select signal, category, cast(strength as double) as strength, names_ai from {{ signals_relation }}) as s
            on h.signal = s.signal
        inner join decided as d on h.listing_id = d.listing_id
        where
            s.strength > 0 and (
                ({{ engine_list_contains('d.categories', 's.category') }} and (s.names_ai = 'yes' or h.n = 0))
                or {{ engine_list_contains('d.stances', 's.category') }}
                or (d.is_ai and s.category = 'any_ai' and s.names_ai = 'yes')
            )
    ) as found
    group by listing_id
)
{%- endmacro -%}

{#- A hash of all that decides: when a seed changes, every listing is classified again. -#}
{%- macro classify_terms_version() -%}
{%- set ns = namespace(text='') -%}
{%- for what in ['terms', 'near', 'signals', 'rules', 'categories', 'weights', 'words'] -%}
{%- for row in run_query(classify_seed_queries(what)).rows -%}
{%- set ns.text = ns.text ~ row.values() | join('\t') ~ '\n' -%}
{%- endfor -%}
{%- endfor -%}
{{- local_md5(ns.text) -}}
{%- endmacro -%}
