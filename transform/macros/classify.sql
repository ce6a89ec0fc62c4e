{#-
Which listings are AI services, of which kind, and how they speak of AI: one statement, compiled from the
seeds, for the warehouse's build and for anybody's table alike.

1. Candidates: listings that could name AI at all (one pattern over the raw text).
2. Clean texts: one row per listing and field, lower case, plain letters, words parted by spaces.
3. Hits: phrases of the seeds with their signal and place, then signals near each other. Numbers stand for
   words, since they are compared and counted many times as fast: a field's number is its place in
   `classify_fields`, a signal's and a phrase's its place in the alphabet.
4. Features: a listing has one row per signal with the fields that it stands in, as bits. `signal@field` is a
   feature for each of them; `kind`, the signal's number and those bits, stands for all of these at once.
5. Scores: the sum of the reviewed weights of the features present, per category and stance.
6. Decision: an AI service when the score of `any_ai` is above nought; its categories are those above nought,
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
                engine_struct([('field', classify_field('title')), ('said', 'title')]),
                engine_struct([('field', classify_field('description')), ('said', 'description')]),
                engine_struct([('field', "case when description = '' then " ~ classify_field('tags') ~ " else " ~ classify_field('skills') ~ " end"), ('said', 'skills')]),
                engine_struct([('field', classify_field('category')), ('said', 'native_category')]),
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
        replace(replace(replace(concat(
            ' ',
            {{ engine_replace_all('said', classify_marks(), ' ') }},
            ' '
        ), '. ', '  '), '. ', '  '), ' a.i ', ' ai ') as said
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

{#-
Where a signal can stand. `said` is title or description, `opening` the description's first words; tags are the
skills of a listing without a description.
-#}
{%- macro classify_fields() -%}title description skills tags category said opening{%- endmacro -%}
{%- macro classify_field(name) -%}{{ classify_fields().split().index(name) }}{%- endmacro -%}
{%- macro classify_bit(name) -%}{{ 2 ** classify_fields().split().index(name) }}{%- endmacro -%}
{%- macro classify_field_bit(field) -%}
case {{ field }}{% for name in classify_fields().split() %} when '{{ name }}' then {{ classify_bit(name) }}{% endfor %} end
{%- endmacro -%}

{%- macro classify_when_fields() -%}
{% for name in classify_fields().split() %} when {{ loop.index0 }} then '{{ name }}'{% endfor %}
{%- endmacro -%}

{#- A kind is a signal's number, times this, and the bits of the fields it stands in. -#}
{%- macro classify_n_bits() -%}{{ 2 ** (classify_fields().split() | length) }}{%- endmacro -%}

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
    select
        *,
        dense_rank() over (order by w1) as opening,
        cast(dense_rank() over (order by words) as bigint) as phrase -- two of them in one number are more than an integer
    from (
        select
            numbered.number as signal, n, w1, w2, w3, w4,
            concat(w1{% for k in [2, 3, 4] %}, case when n >= {{ k }} then concat(' ', w{{ k }}) else '' end{% endfor %}) as words,
            bit_or(case field when 'any' then {{ classify_n_bits() | int - 1 }} else {{ classify_field_bit('field') }} end) as field_bits
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
        group by numbered.number, n, w1, w2, w3, w4
    ) as entries
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
    select w1, opening, max(n) as longest from dictionary group by w1, opening
),

{% call engine_kept('tokens') %}
    select t.id, t.field, t.pos, t.w2, t.w3, t.w4, o.opening, o.longest
    from all_tokens as t
    inner join openings as o on t.w1 = o.w1
{% endcall %},

-- grouped, so that DuckDB knows how few they are: the join is half as long
{%- for n in [1, 2, 3, 4] %}
dictionary_{{ n }} as (
    select opening, w2, w3, w4, signal, field_bits, max(phrase) as phrase
    from dictionary
    where n = {{ n }}
    group by opening, w2, w3, w4, signal, field_bits
),
{%- endfor %}

phrases as (
    {%- for n in [1, 2, 3, 4] %}
    select
        t.id, t.field, t.pos, d.signal, {{ n }} as n, d.phrase
    from tokens as t
    inner join dictionary_{{ n }} as d
        on t.opening = d.opening{% for k in range(2, n + 1) %} and t.w{{ k }} = d.w{{ k }}{% endfor %}
    where t.longest >= {{ n }} and d.field_bits & {{ engine_shift_left(1, 't.field') }} <> 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

traps as (
    select distinct id, field, {{ engine_explode(engine_range('pos', 'pos + n - 1')) }} as pos
    from phrases
    where signal = {{ numbers['trap'] }}
),

{% call engine_kept('word_hits') %}
    select p.id, p.field, p.pos, p.signal, max(p.phrase) as phrase
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
    select h.id, h.field, h.pos, h.phrase, n.signal, n.second_signal, n.within, n.in_order
    from word_hits as h
    inner join near as n on h.signal = n.first_signal
{% endcall %},

-- of two phrases the former is kept in the number's upper part
{% call engine_kept('near_hits') %}
    select
        a.id, a.field, a.signal,
        min(case when a.pos < b.pos then a.pos else b.pos end) as pos,
        min(
            case when a.pos < b.pos then a.phrase else b.phrase end * {{ classify_n_phrases() }}
            + case when a.pos < b.pos then b.phrase else a.phrase end
        ) as phrases
    from awaited as a
    inner join word_hits as b
        on a.id = b.id and a.field = b.field and a.second_signal = b.signal
    where
        b.pos <> a.pos
        and b.pos - a.pos <= a.within
        and a.pos - b.pos <= case when a.in_order then 0 else a.within end
    group by a.id, a.field, a.signal
{% endcall %},

hits as (
    select id, field, signal, pos, phrase * {{ classify_n_phrases() }} as phrases, 1 as n from word_hits
    union all
    select id, field, signal, pos, phrases, 0 as n from near_hits
)
{%- endmacro -%}

{#- More than there are phrases in the dictionary. -#}
{%- macro classify_n_phrases() -%}1000000{%- endmacro -%}

{#-
What a listing's hits amount to: the kinds of its signals; how often AI is named; how many signals speak for a
category; and rules. Features that are asked for one by one are bits of numbers, as many in each as `classify_n_asked` says.

`names` is filled with the features that have no field, in the order of their numbers.
-#}
{%- macro classify_opening_words() -%}35{%- endmacro -%}
{%- macro classify_n_asked() -%}60{%- endmacro -%}

{%- macro classify_features(signals, rules, numbers, names) %}
{%- set speaking = signals | rejectattr('category', 'none') | selectattr('is_strong') | rejectattr('category', 'equalto', 'any_ai') | list %}
{%- set asked = [] %}
{%- for row in speaking %}{% do asked.extend([row['signal'] ~ '@said', row['signal'] ~ '@title']) %}{% endfor %}
{%- for rule in rules %}{% for key in ['all_of', 'any_of', 'none_of'] %}{% do asked.extend((rule[key] or '').split()) %}{% endfor %}{% endfor %}
{%- set asked = asked | unique | list %}
{%- set n_numbers = (asked | length + classify_n_asked() | int - 1) // classify_n_asked() | int %}
spoken as (
    select
        id, signal,
        bit_or(case field
            {%- for name, other in [('title', 'said'), ('description', 'said'), ('skills', ''), ('tags', ''), ('category', '')] %}
            when {{ classify_field(name) }} then {{ classify_bit(name) | int + (classify_bit(other) | int if other else 0) }}
            {%- endfor %}
        end) as bits,
        min(case when field = {{ classify_field('description') }} then pos end) as first_pos,
        sum(case when field in ({{ classify_field('title') }}, {{ classify_field('description') }}) then n else 0 end) as n
    from hits
    group by id, signal
),

asked as (
    select *
    from (values
        {%- for feature in asked %}
        {%- set signal, field = feature.split('@') %}
        ({{ numbers[signal] }}, {{ classify_bit(field) }}, {{ loop.index0 // classify_n_asked() | int }}, {{ 2 ** (loop.index0 % classify_n_asked() | int) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as features (signal, field_bit, place, bit)
),

every_kind as (
    select number as signal, bits, number * {{ classify_n_bits() }} + bits as kind
    from (select number, {{ engine_explode(engine_range(1, classify_n_bits() | int - 1)) }} as bits from numbered) as kinds
),

asked_kinds as (
    select
        kind
        {%- for place in range(n_numbers) %},
        bit_or(case when place = {{ place }} then bit else 0 end) as asked_{{ place }}
        {%- endfor %}
    from every_kind
    inner join asked on every_kind.signal = asked.signal and bits & field_bit <> 0
    group by kind
),

present as (
    select
        id,
        {{ engine_gather('kinds.kind') }} as kinds,
        sum(case when named then n else 0 end) as n_named,
        max(case when named and bits & {{ classify_bit('title') }} <> 0 then 1 else 0 end) = 1 as is_in_title,
        max(case when named and bits & {{ classify_bit('description') }} <> 0 then 1 else 0 end) = 1 as is_in_description,
        max(case when bits & {{ classify_bit('description') | int + classify_bit('skills') | int }} <> 0 then 1 else 0 end) = 1 as has_description
        {%- for place in range(n_numbers) %},
        coalesce(bit_or(asked_{{ place }}), 0) as asked_{{ place }}
        {%- endfor %}
    from (
        select
            id, bits, n,
            signal in ({% for row in signals if row['names_ai'] == 'yes' %}{{ ', ' if not loop.first }}{{ numbers[row['signal']] }}{% endfor %}) as named,
            signal * {{ classify_n_bits() }} + bits
            + case when first_pos <= {{ classify_opening_words() }} then {{ classify_bit('opening') }} else 0 end as kind
        from spoken
    ) as kinds
    left join asked_kinds on kinds.kind = asked_kinds.kind
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
        {%- set titles = [] %}
        {%- set texts = [] %}
        {%- for row in group.list %}{% do titles.append(row['signal'] ~ '@title') %}{% do texts.append(row['signal'] ~ '@said') %}{% endfor %}
        {%- do tests.append(('title_speaks_of_' ~ group.grouper, classify_n_present(titles, asked) ~ ' > 0')) %}
        {%- for floor in [1, 2, 3, 4] %}
        {%- do tests.append((group.grouper ~ '_' ~ floor ~ '_signals', classify_n_present(texts, asked) ~ ' >= ' ~ floor)) %}
        {%- endfor %}
        {%- endfor %}
        {%- for rule in rules %}
        {%- set parts = [] %}
        {%- for feature in (rule['all_of'] or '').split() %}{% do parts.append(classify_n_present([feature], asked) ~ ' > 0') %}{% endfor %}
        {%- if rule['any_of'] %}{% do parts.append(classify_n_present(rule['any_of'].split(), asked) ~ ' > 0') %}{% endif %}
        {%- if rule['none_of'] %}{% do parts.append(classify_n_present(rule['none_of'].split(), asked) ~ ' = 0') %}{% endif %}
        {%- do tests.append((rule['rule'], parts | join(' and '))) %}
        {%- endfor %}
        {%- set cases = [] %}
        {%- for name, test in tests %}
        {%- do cases.append('case when ' ~ test ~ ' then ' ~ (classify_without_field() | int + names | length) ~ ' end') %}
        {%- do names.append(name) %}
        {%- endfor %}
        {{ engine_list_concat(['kinds', engine_list_without_nulls(cases)]) }} as features
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

{#- The first number of a feature without a field: above every kind. -#}
{%- macro classify_without_field() -%}1000000{%- endmacro -%}

{#- How many of some features a listing has. -#}
{%- macro classify_n_present(features, asked) -%}
{%- set size = classify_n_asked() | int -%}
{%- set masks = {} -%}
{%- for feature in features | unique -%}
{%- set index = asked.index(feature) -%}
{%- do masks.update({index // size: masks.get(index // size, 0) + 2 ** (index % size)}) -%}
{%- endfor -%}
({% for place, mask in masks.items() %}{{ ' + ' if not loop.first }}bit_count(asked_{{ place }} & {{ mask }}){% endfor %})
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
        select w.category, w.weight, u.number
        from {{ weights_relation }} as w
        inner join unfielded as u on w.feature = u.name
        union all
        select w.category, w.weight, k.kind
        from (
            select
                numbered.number as signal, category, weight,
                {{ classify_field_bit(engine_split_part('feature', '@', 2)) }} as field_bit
            from {{ weights_relation }}
            inner join numbered on {{ engine_split_part('feature', '@', 1) }} = numbered.signal
        ) as w
        inner join every_kind as k on w.signal = k.signal and k.bits & w.field_bit <> 0
    ) as by_number
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
