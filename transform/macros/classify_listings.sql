{#- The seeds as they stand in the warehouse, read when the statement is compiled. -#}
{%- macro classify_seed_queries(what) -%}
{%- if what == 'terms' -%}
select signal, term, field, language, translate(lower(term), '{{ classify_accented() }}', '{{ classify_unaccented() }}') as folded
from {{ ref('ai_terms') }} order by signal, term, field
{%- elif what == 'signals' -%}
select signal, category, names_ai, cast(strength as double) >= 1.5 as is_strong from {{ ref('ai_signals') }} order by signal
{%- elif what == 'rules' -%}
select rule, all_of, any_of, none_of from {{ ref('ai_rules') }} order by rule
{%- elif what == 'categories' -%}
select category, kind from {{ ref('ai_categories') }}
order by case kind when 'decision' then 0 when 'category' then 1 else 2 end, cast(position as integer)
{%- endif -%}
{%- endmacro -%}

{#- Either the features of the listings that name AI, or a decision for each listing of the relation. -#}
{%- macro classify_statement(relation, want) -%}
{%- set terms = run_query(classify_seed_queries('terms')).rows -%}
{%- set signals = run_query(classify_seed_queries('signals')).rows -%}
{%- set rules = run_query(classify_seed_queries('rules')).rows -%}
{%- set categories = run_query(classify_seed_queries('categories')).rows -%}
{%- set numbers = {} -%}
{%- for row in signals -%}{%- do numbers.update({row['signal']: loop.index}) -%}{%- endfor -%}
{%- set names = [] -%}
with
{{- classify_texts(relation, classify_prefilter(terms, signals), terms) }},
{{ classify_dictionary(ref('ai_terms'), numbers) }},
{{ classify_hits(numbers) }},
{{ classify_near(ref('ai_near')) }},
{{ classify_features(signals, rules, numbers, names) }}
{%- if want == 'features' %}
,
named as (
    {%- for field in classify_fields().split() %}
    select concat(numbered.signal, '@{{ field }}') as name, kind as number
    from numbered
    inner join every_kind on numbered.number = every_kind.signal
    where bits & {{ classify_bit(field) }} <> 0
    union all
    {%- endfor %}
    select name, number from unfielded
)
select c.listing_id, {{ engine_collect_distinct('named.name') }} as features
from (select id, {{ engine_explode('features') }} as feature from derived) as d
inner join named on d.feature = named.number
inner join candidates as c on d.id = c.id
group by c.listing_id
{%- else -%},
{{ classify_decisions(categories, ref('ai_weights')) }},
{{ classify_evidence(categories, ref('ai_signals')) }}
select
    l.listing_id,
    coalesce(d.is_ai, false) as is_ai,
    coalesce(d.categories, {{ engine_empty_texts() }}) as categories,
    coalesce(d.stances, {{ engine_empty_texts() }}) as stances,
    coalesce(d.evidence, {{ engine_empty_texts() }}) as evidence,
    d.ai_score
from {{ relation }} as l
left join (
    select c.listing_id, d.is_ai, d.categories, d.stances, d.ai_score, e.evidence
    from decided as d
    inner join candidates as c on d.id = c.id
    left join evidence as e on d.id = e.id
) as d on l.listing_id = d.listing_id
{%- endif -%}
{%- endmacro -%}

{#- The words that speak for what was decided: field, number of the word in it, the words. -#}
{%- macro classify_evidence(categories, signals_relation) %}
speaking as (
    select
        n.number as signal, names_ai = 'yes' as names_ai,
        case category
            {%- for row in categories if row['kind'] != 'decision' %}
            when '{{ row["category"] }}' then {{ 2 ** loop.index0 }}
            {%- endfor %}
            else 0
        end as bit,
        category = 'any_ai' and names_ai = 'yes' as is_general
    from {{ signals_relation }} as s
    inner join numbered as n on s.signal = n.signal
    where cast(strength as double) > 0 and category is not null
),

wordings as (
    select distinct phrase, words from dictionary
),

evidence as (
    select
        found.id,
        {{ engine_collect_distinct("concat(case field" ~ classify_when_fields() ~ " end, ' ', lpad(cast(pos as " ~ engine_text_type() ~ "), 4, '0'), ': ', former.words, case when latter.words is null then '' else concat(' … ', latter.words) end)") }} as evidence
    from (
        select
            h.id, h.field, h.pos,
            floor(h.phrases / {{ classify_n_phrases() }}) as phrase, mod(h.phrases, {{ classify_n_phrases() }}) as second_phrase
        from hits as h
        inner join speaking as s on h.signal = s.signal
        inner join decided as d on h.id = d.id
        where
            (d.bits & s.bit <> 0 and (s.names_ai or h.n = 0 or s.bit >= {{ 2 ** (categories | selectattr('kind', 'equalto', 'category') | list | length) }}))
            or (d.is_ai and s.is_general)
    ) as found
    inner join wordings as former on found.phrase = former.phrase
    left join wordings as latter on found.second_phrase = latter.phrase
    group by found.id
)
{%- endmacro -%}

{#- The pattern that every listing matches which could name AI: for a relation that reads many others. -#}
{%- macro classify_naming_pattern() -%}
{{ classify_prefilter(run_query(classify_seed_queries('terms')).rows, run_query(classify_seed_queries('signals')).rows) }}
{%- endmacro -%}

{#- A hash of all that decides: when a seed changes, every listing is classified again. -#}
{%- macro classify_terms_version() -%}
{%- set seeds = {
    'ai_terms': ['signal', 'term', 'field', 'language'],
    'ai_near': ['signal', 'first', 'second', 'within', 'in_order'],
    'ai_signals': ['signal', 'category', 'names_ai', 'strength'],
    'ai_rules': ['rule', 'all_of', 'any_of', 'none_of'],
    'ai_categories': ['category', 'kind', 'position'],
    'ai_weights': ['feature', 'category', 'weight'],
    'tool_terms': ['tool', 'term'],
    'skill_terms': ['skill', 'term'],
} -%}
{%- set selects = [] -%}
{%- for seed, columns in seeds.items() -%}
{%- set cells = [] -%}
{%- for column in columns -%}
{%- do cells.append('coalesce(cast(' ~ column ~ ' as ' ~ engine_text_type() ~ "), '')") -%}
{%- endfor -%}
{%- do selects.append("select concat_ws(';', '" ~ seed ~ "', " ~ cells | join(', ') ~ ') as line from ' ~ ref(seed)) -%}
{%- endfor -%}
{%- set lines = engine_join_list(engine_collect_distinct('line'), '/') -%}
{{- run_query('select md5(' ~ lines ~ ') as version from (' ~ selects | join(' union all ') ~ ') as seeds').rows[0]['version'] -}}
{%- endmacro -%}
