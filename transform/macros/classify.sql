{#-
Which listings are AI services, of which kind, and how they speak of AI: one statement, compiled from the
seeds, for the warehouse's build and for anybody's table alike.

1. Candidates: listings that could name AI at all (one pattern over the raw text).
2. Clean texts: one row per listing and field, lower case, plain letters, words parted by spaces.
3. Hits: phrases of the seeds with their signal and place, then signals near each other; features are
   `signal@field`. Both are numbers here, which are compared and counted many times as fast as words: a signal
   is its place in the alphabet, `signal@field` eight times that and the field's place in `classify_fields`; a
   feature without a field lies above all of these.
4. Scores: the sum of the reviewed weights of the features present, per category and stance.
5. Decision: an AI service when the score of `any_ai` is above nought; its categories are those above nought,
   at least the best one; stances likewise, whatever the categories.
-#}

{%- macro classify_special() -%}[\x{0001}-\x{0008}\x{000B}\x{000C}\x{000E}-\x{001F}\x{007F}\x{00AD}\x{0300}-\x{036F}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}\x{FF01}-\x{FF5E}\x{1D400}-\x{1D7FF}]{%- endmacro -%}

{#- Letters in other dress (full-width, mathematical) and their plain form, for `translate`. -#}
{%- macro classify_dressed(plain) -%}
{%- for start in [119808, 119860, 119912, 119964, 120016, 120068, 120120, 120172, 120224, 120276, 120328, 120380, 120432] -%}
{%- for i in range(52) -%}{{ 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz'[i] if plain else '%c' % (start + i) }}{%- endfor -%}
{%- endfor -%}
{%- for start in [120782, 120792, 120802, 120812, 120822] -%}
{%- for i in range(10) -%}{{ i if plain else '%c' % (start + i) }}{%- endfor -%}
{%- endfor -%}
{%- for i in range(26) -%}{{ 'abcdefghijklmnopqrstuvwxyz'[i] if plain else '%c' % (65313 + i) }}{{ 'abcdefghijklmnopqrstuvwxyz'[i] if plain else '%c' % (65345 + i) }}{%- endfor -%}
{%- for i in range(10) -%}{{ i if plain else '%c' % (65296 + i) }}{%- endfor -%}
{%- endmacro -%}

{#- The texts that are read: lower case, cut at 20,000 characters. -#}
{%- macro classify_lowered(columns) %}
        {{ columns | join(', ') }},
        lower({{ classify_cut('title') }}) as title,
        lower({{ classify_cut('description') }}) as description,
        lower({{ classify_cut(engine_join_list('skills', ' , ')) }}) as skills,
        lower({{ classify_cut('native_category') }}) as native_category
{%- endmacro -%}

{#- No null, and no longer than is read; counting characters is left to the few texts with so many bytes. -#}
{%- macro classify_cut(text) -%}
coalesce(case when {{ engine_n_bytes(text) }} <= 20000 then {{ text }} else substring({{ text }}, 1, 20000) end, '')
{%- endmacro -%}

{#- Whether lowered texts could name AI at all; the short ones are read in one go. -#}
{%- macro classify_may_name_ai(prefilter) -%}
(
        {{ engine_matches("concat(title, ' | ', skills, ' | ', native_category)", prefilter) }}
        or {{ engine_matches('description', prefilter) }}
    )
{%- endmacro -%}

{#- Marks between words; full stops, plus and number signs may belong to one ("node.js", "c++"). -#}
{%- macro classify_marks() -%}[!"#$%&()*,\-/:;<=>?@\[\]^_`{|}~\x27\\\t\n\r]+{%- endmacro -%}

{%- macro classify_texts(relation, prefilter, terms) %}
{% call engine_kept('found') %}
    select *
    from (
        select
            {{- classify_lowered(['listing_id']) }}
        from {{ relation }}
    ) as listings
    where {{ classify_may_name_ai(prefilter) }}
{% endcall %},

-- numbered apart: numbering is the work of one thread, finding is not
{% call engine_kept('candidates') %}
    select {{ engine_row_key('listing_id') }} as id, *
    from found
{% endcall %},

fields as (
    select id, part.field as field, part.said as said
    from (
        select
            id,
            {{ engine_explode(engine_list([
                engine_struct([('field', "'title'"), ('said', 'title')]),
                engine_struct([('field', "'description'"), ('said', 'description')]),
                engine_struct([('field', "case when description = '' then 'tags' else 'skills' end"), ('said', 'skills')]),
                engine_struct([('field', "'category'"), ('said', 'native_category')]),
            ])) }} as part
        from candidates
    ) as parts
    where part.said <> ''
),

plain as (
    select
        id, field,
        case
            when {{ engine_matches('said', classify_special() ~ '|<[a-z/!]|&[#a-z0-9]+;|h\\^|\\^h') }}
            then {{ engine_replace_all(
                engine_replace_all("translate(said, '" ~ classify_dressed(false) ~ "', '" ~ classify_dressed(true) ~ "')", '[\\x{0001}-\\x{0008}\\x{000B}\\x{000C}\\x{000E}-\\x{001F}\\x{007F}\\x{00AD}\\x{0300}-\\x{036F}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{FEFF}]', ''),
                '<[a-z/!][^<>]{0,300}>|&[#a-z0-9]{1,9};|h\\^|\\^h', ' ') }}
            else said
        end as said
    from fields
),

latin as (
    select
        id, field,
        case
            when {{ engine_is_ascii('said') }} then said
            else {{ engine_replace_all(
                engine_replace_all(
                    "translate(said, '" ~ classify_accented() ~ "', '" ~ classify_unaccented() ~ "')",
                    '[^\\x{00}-\\x{7F}\\p{L}\\p{M}\\p{N}]+', ' '),
                '([\\x{0590}-\\x{06FF}\\x{0E00}-\\x{0E7F}\\x{3040}-\\x{30FF}\\x{3400}-\\x{9FFF}\\x{AC00}-\\x{D7AF}]+)', ' \\1 ') }}
        end as said
    from plain
),

parted as (
    select
        id, field,
        replace(replace(concat(
            ' ',
            {{ engine_replace_all('said', classify_marks(), ' ') }},
            ' '
        ), '. ', '  '), '. ', '  ') as said
    from latin
),

texts as (
    select
        id, field,
        {%- set unspaced = classify_unspaced(terms) %}
        {%- set stems = classify_stems(terms) %}
        case
            when {{ engine_is_ascii('said') }} then said
            else {{ engine_replace_all(
                engine_replace_all("replace(said, ' ', '  ')", '(' ~ unspaced ~ ')', '  \\1  ') if unspaced else "replace(said, ' ', '  ')",
                ' (' ~ stems ~ ')[^ ]*', ' \\1*') if stems else 'said' }}
        end as said
    from parted
)
{%- endmacro -%}

{%- macro classify_fields() -%}title description skills tags category said opening{%- endmacro -%}

{#- The seeds' terms, one row per literal phrase: its words in w1 to w4, and how many they are. -#}
{%- macro classify_dictionary(terms_relation, numbers) %}
numbered as (
    select *
    from (values
        {%- for signal, number in numbers.items() %}
        ('{{ signal }}', {{ number }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as signals (signal, number)
),

spelled as (
    select signal, field, n, w1, w2, w3, {{ engine_explode(engine_split('p4', '|')) }} as w4
    from (
        select signal, field, n, p4, w1, w2, {{ engine_explode(engine_split('p3', '|')) }} as w3
        from (
            select signal, field, n, p3, p4, w1, {{ engine_explode(engine_split('p2', '|')) }} as w2
            from (
                select signal, field, n, p2, p3, p4, {{ engine_explode(engine_split('p1', '|')) }} as w1
                from (
                    select
                        signal, field,
                        length(term) - length(replace(term, ' ', '')) + 1 as n,
                        {{ engine_split_part('term', ' ', 1) }} as p1,
                        {{ engine_split_part('term', ' ', 2) }} as p2,
                        {{ engine_split_part('term', ' ', 3) }} as p3,
                        {{ engine_split_part('term', ' ', 4) }} as p4
                    from (
                        select
                            signal, coalesce(field, 'any') as field,
                            translate(lower(term), '{{ classify_accented() }}', '{{ classify_unaccented() }}') as term
                        from {{ terms_relation }}
                    ) as folded
                ) as parts
            ) as one
        ) as two
    ) as three
),

{% call engine_kept('dictionary') %}
    select distinct
        numbered.number as signal, field, n, w1, w2, w3, w4,
        concat(w1{% for k in [2, 3, 4] %}, case when n >= {{ k }} then concat(' ', w{{ k }}) else '' end{% endfor %}) as words
    from (
        select signal, field, n, w1, w2, w3, w4 from spelled
        {%- for n in [1, 2, 3, 4] %}
        union all
        select
            signal, field, n,
            {%- for k in [1, 2, 3, 4] %}
            {{ "concat(w" ~ k ~ ", 's')" if k == n else 'w' ~ k }} as w{{ k }}{{ ',' if not loop.last }}
            {%- endfor %}
        from spelled
        where n = {{ n }} and {{ engine_matches('w' ~ n, '^[a-z]{2,}[a-rt-z]$') }}
        {%- endfor %}
    ) as with_plurals
    inner join numbered on with_plurals.signal = numbered.signal
{% endcall %}
{%- endmacro -%}

{#- Every phrase of the dictionary that stands in a text, with the number of its first word. -#}
{%- macro classify_hits(numbers) %}
all_tokens as (
    select id, field, {{ engine_explode_words('words') }}
    from (
        select id, field, {{ engine_words('said') }} as words
        from texts
    ) as split_texts
),

openings as (
    select w1, max(n) as longest from dictionary group by w1
),

{% call engine_kept('tokens') %}
    select t.*, o.longest
    from all_tokens as t
    inner join openings as o on t.w1 = o.w1
{% endcall %},

-- grouped, so that DuckDB knows how few they are: the join is half as long
{%- for n in [1, 2, 3, 4] %}
dictionary_{{ n }} as (
    select w1, w2, w3, w4, signal, field, max(words) as words
    from dictionary
    where n = {{ n }}
    group by w1, w2, w3, w4, signal, field
),
{%- endfor %}

phrases as (
    {%- for n in [1, 2, 3, 4] %}
    select
        t.id, t.field, t.pos, d.signal, {{ n }} as n, d.words
    from tokens as t
    inner join dictionary_{{ n }} as d
        on {% for k in range(1, n + 1) %}{{ 'and ' if k > 1 }}t.w{{ k }} = d.w{{ k }} {% endfor %}
    where t.longest >= {{ n }} and (d.field = 'any' or d.field = t.field)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

traps as (
    select distinct id, field, {{ engine_explode(engine_range('pos', 'pos + n - 1')) }} as pos
    from phrases
    where signal = {{ numbers['trap'] }}
),

{% call engine_kept('word_hits') %}
    select p.id, p.field, p.pos, p.signal, max(p.n) as n, max(p.words) as words
    from phrases as p
    left join traps as t on p.id = t.id and p.field = t.field and p.pos = t.pos
    where p.signal <> {{ numbers['trap'] }} and t.pos is null
    group by p.id, p.field, p.pos, p.signal
{% endcall %}
{%- endmacro -%}

{#-
Signals close to each other: the rows of `ai_near`. The first signals are paired with what may stand beside them
before they meet the other hits, so that few rows meet.
-#}
{%- macro classify_near(near_relation) %}
near as (
    select made.number as signal, former.number as first_signal, latter.number as second_signal, within, in_order
    from (
        select signal, first_signal, {{ engine_explode(engine_split('second', ' ')) }} as second_signal, within, in_order
        from (
            select
                signal, {{ engine_explode(engine_split('first', ' ')) }} as first_signal, second,
                cast(within as integer) as within, coalesce(in_order, 'no') = 'yes' as in_order
            from {{ near_relation }}
        ) as by_first
    ) as pairs
    inner join numbered as made on pairs.signal = made.signal
    inner join numbered as former on pairs.first_signal = former.signal
    inner join numbered as latter on pairs.second_signal = latter.signal
),

{% call engine_kept('awaited') %}
    select h.id, h.field, h.pos, h.words, n.signal, n.second_signal, n.within, n.in_order
    from word_hits as h
    inner join near as n on h.signal = n.first_signal
{% endcall %},

near_hits as (
    select
        a.id, a.field, a.signal,
        min(case when a.pos < b.pos then a.pos else b.pos end) as pos,
        min(case when a.pos < b.pos then concat(a.words, ' … ', b.words) else concat(b.words, ' … ', a.words) end) as words
    from awaited as a
    inner join word_hits as b
        on a.id = b.id and a.field = b.field and a.second_signal = b.signal
    where
        b.pos <> a.pos
        and b.pos - a.pos <= a.within
        and a.pos - b.pos <= case when a.in_order then 0 else a.within end
    group by a.id, a.field, a.signal
),

{% call engine_kept('hits') %}
    select id, field, signal, pos, words, 1 as n from word_hits
    union all
    select id, field, signal, pos, words, 0 as n from near_hits
{% endcall %}
{%- endmacro -%}

{#-
What a listing's hits amount to: `signal@field`; `signal@said` (title or description) and `signal@opening` (among
the description's first words); how often AI is named; how many signals speak for a category; and rules.
-#}
{%- macro classify_opening_words() -%}35{%- endmacro -%}

{#- `names` is filled with the features that have no field, in the order of their numbers. -#}
{%- macro classify_features(signals, rules, numbers, names) %}
{%- set naming = [] %}
{%- for row in signals if row['names_ai'] == 'yes' %}{% do naming.append(numbers[row['signal']]) %}{% endfor %}
{%- set speaking = signals | rejectattr('category', 'none') | selectattr('is_strong') | rejectattr('category', 'equalto', 'any_ai') | list %}
present as (
    select
        id,
        {{ engine_gather('signal * 8 + field_number') }} as signals,
        {{ engine_collect_distinct('case when is_said then signal * 8 + ' ~ classify_fields().split().index('said') ~ ' end') }} as said,
        {{ engine_gather("case when field = 'description' and pos <= " ~ classify_opening_words() ~ ' then signal * 8 + ' ~ classify_fields().split().index('opening') ~ ' end') }} as opening,
        sum(case when named and is_said then n else 0 end) as n_named,
        max(case when named and field = 'title' then 1 else 0 end) = 1 as is_in_title,
        max(case when named and field = 'description' then 1 else 0 end) = 1 as is_in_description,
        max(case when field in ('description', 'skills') then 1 else 0 end) = 1 as has_description
        {%- for group in speaking | groupby('category') %},
        bit_count(bit_or(case when is_said and spoken = {{ loop.index }} then bit else 0 end)) as n_{{ group.grouper }},
        max(case when field = 'title' and spoken = {{ loop.index }} then 1 else 0 end) = 1 as title_{{ group.grouper }}
        {%- endfor %}
    from (
        select
            h.*, h.signal in ({{ naming | join(', ') }}) as named, h.field in ('title', 'description') as is_said,
            {{ classify_field_number('h.field') }} as field_number,
            case
                {%- for group in speaking | groupby('category') %}
                when h.signal in ({% for row in group.list %}{{ numbers[row['signal']] }}{{ ', ' if not loop.last }}{% endfor %}) then {{ loop.index }}
                {%- endfor %}
            end as spoken,
            case h.signal
                {%- for group in speaking | groupby('category') %}{% for row in group.list %}
                when {{ numbers[row['signal']] }} then {{ 2 ** loop.index0 }}
                {%- endfor %}{% endfor %}
            end as bit
        from (
            select id, field, signal, min(pos) as pos, sum(n) as n
            from hits
            group by id, field, signal
        ) as h
    ) as marked
    group by id
    having max(case when named then 1 else 0 end) = 1
),

{% call engine_kept('derived') %}
    select
        id,
        {%- set tests = [('bias', 'true')] %}
        {%- for floor in [1, 2, 3, 5, 8] %}{% do tests.append(('named_' ~ floor ~ '_times', 'n_named >= ' ~ floor)) %}{% endfor %}
        {%- do tests.append(('no_description', 'not has_description')) %}
        {%- do tests.append(('named_in_tags_only', 'not is_in_title and not is_in_description')) %}
        {%- do tests.append(('not_named_in_title', 'has_description and not is_in_title')) %}
        {%- for group in speaking | groupby('category') %}
        {%- do tests.append(('title_speaks_of_' ~ group.grouper, 'title_' ~ group.grouper)) %}
        {%- for floor in [1, 2, 3, 4] %}
        {%- do tests.append((group.grouper ~ '_' ~ floor ~ '_signals', 'n_' ~ group.grouper ~ ' >= ' ~ floor)) %}
        {%- endfor %}
        {%- endfor %}
        {%- for rule in rules %}
        {%- set parts = [] %}
        {%- for feature in (rule['all_of'] or '').split() %}{% do parts.append(classify_has(feature, numbers)) %}{% endfor %}
        {%- set choices = [] %}
        {%- for feature in (rule['any_of'] or '').split() %}{% do choices.append(classify_has(feature, numbers)) %}{% endfor %}
        {%- if choices %}{% do parts.append('(' ~ choices | join(' or ') ~ ')') %}{% endif %}
        {%- for feature in (rule['none_of'] or '').split() %}{% do parts.append('not ' ~ classify_has(feature, numbers)) %}{% endfor %}
        {%- do tests.append((rule['rule'], parts | join(' and '))) %}
        {%- endfor %}
        {%- set cases = [] %}
        {%- for name, test in tests %}
        {%- do cases.append('case when ' ~ test ~ ' then ' ~ (classify_without_field() | int + names | length) ~ ' end') %}
        {%- do names.append(name) %}
        {%- endfor %}
        {{ engine_list_concat(['signals', 'said', 'opening', engine_list_without_nulls(cases)]) }} as features
    from present
{% endcall %},

unfielded as (
    select *
    from (values
        {%- for name in names %}
        ('{{ name }}', {{ classify_without_field() | int + loop.index0 }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as features (name, number)
)
{%- endmacro -%}

{#- The first number of a feature without a field. -#}
{%- macro classify_without_field() -%}100000{%- endmacro -%}

{%- macro classify_field_number(field) -%}
case {{ field }}{% for name in classify_fields().split() %} when '{{ name }}' then {{ loop.index0 }}{% endfor %} end
{%- endmacro -%}

{%- macro classify_has(feature, numbers) -%}
{%- set signal, field = feature.split('@') -%}
{{ engine_list_contains(field if field in ('said', 'opening') else 'signals', numbers[signal] * 8 + classify_fields().split().index(field)) }}
{%- endmacro -%}

{#- Scores and decisions. Weights are whole thousandths, so that a sum does not depend on its order. -#}
{%- macro classify_decisions(categories, weights_relation) %}
weights as (
    select
        number
        {%- for row in categories %},
        sum(case when category = '{{ row["category"] }}' then round(cast(weight as double) * 1000) else 0 end) as {{ row['category'] }}
        {%- endfor %}
    from (
        select
            w.category, w.weight,
            coalesce(u.number, n.number * 8 + {{ classify_field_number(engine_split_part('w.feature', '@', 2)) }}) as number
        from {{ weights_relation }} as w
        left join unfielded as u on w.feature = u.name
        left join numbered as n on {{ engine_split_part('w.feature', '@', 1) }} = n.signal
    ) as by_number
    where number is not null
    group by number
),

scores as (
    select
        f.id
        {%- for row in categories %},
        sum(w.{{ row['category'] }}) as {{ row['category'] }}
        {%- endfor %}
    from (select id, {{ engine_explode('features') }} as feature from derived) as f
    inner join weights as w on f.feature = w.number
    group by f.id
),

{%- set of = {'category': 'is_ai and (score > 0 or score = best)', 'stance': 'score > 0'} %}
{% call engine_kept('decided') %}
    {%- set ranked = {'category': [], 'stance': []} %}
    {%- set bits = [] %}
    {%- for row in categories if row['kind'] != 'decision' %}
    {%- set chosen = of[row['kind']] | replace('score', row['category']) %}
    {%- do ranked[row['kind']].append((row['category'], chosen)) %}
    {%- do bits.append('case when ' ~ chosen ~ ' then ' ~ 2 ** loop.index0 ~ ' else 0 end') %}
    {%- endfor %}
    select
        id, is_ai, any_ai / 1000 as ai_score,
        {{ engine_ranked(ranked['category']) }} as categories,
        {{ engine_ranked(ranked['stance']) }} as stances,
        {{ bits | join(' + ') }} as bits
    from (
        select
            *, any_ai > 0 as is_ai,
            greatest(
                {%- for row in categories if row['kind'] == 'category' %}{{ row['category'] }}{{ ', ' if not loop.last }}{% endfor -%}
            ) as best
        from scores
    ) as judged
{% endcall %}
{%- endmacro -%}
