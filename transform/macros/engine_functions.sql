{#- Where DuckDB and Spark differ. Everything else in the row-level models is SQL that both understand. -#}

{#-
A pattern as a string literal. DuckDB keeps backslashes; Spark reads them twice. The edge of a word is one of ASCII
letters, digits and _ everywhere; Java's own `\b` takes all letters.
-#}
{%- macro engine_pattern(pattern) -%}
{%- set edge = '(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))' -%}
{%- if target.type == 'spark' -%}'{{ pattern | replace("\\b", edge) | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- else -%}'{{ pattern | replace("'", "''") }}'
{%- endif -%}
{%- endmacro -%}

{%- macro engine_matches(text, pattern) -%}
{%- if target.type == 'spark' -%}({{ text }} rlike {{ engine_pattern(pattern) }})
{%- else -%}regexp_matches({{ text }}, {{ engine_pattern(pattern) }})
{%- endif -%}
{%- endmacro -%}

{#- Every match of a pattern, or of a group in it, in order, as a list of texts. -#}
{%- macro engine_extract_all(text, pattern, group=0) -%}
regexp_extract_all({{ text }}, {{ engine_pattern(pattern) }}, {{ group }})
{%- endmacro -%}

{#- The first match of a pattern; an empty text where there is none. -#}
{%- macro engine_extract(text, pattern) -%}
regexp_extract({{ text }}, {{ engine_pattern(pattern) }}, 0)
{%- endmacro -%}

{%- macro engine_replace_all(text, pattern, by) -%}
{%- if target.type == 'spark' -%}regexp_replace({{ text }}, {{ engine_pattern(pattern) }}, '{{ by | replace("\\1", "$1") | replace("\\2", "$2") }}')
{%- else -%}regexp_replace({{ text }}, {{ engine_pattern(pattern) }}, '{{ by }}', 'g')
{%- endif -%}
{%- endmacro -%}

{%- macro engine_list(items) -%}
{%- if target.type == 'spark' -%}array({{ items | join(', ') }}){%- else -%}[{{ items | join(', ') }}]{%- endif -%}
{%- endmacro -%}

{%- macro engine_empty_texts() -%}
{%- if target.type == 'spark' -%}cast(array() as array<string>){%- else -%}cast([] as varchar[]){%- endif -%}
{%- endmacro -%}

{%- macro engine_list_distinct(list) -%}
{%- if target.type == 'spark' -%}sort_array(array_distinct({{ list }})){%- else -%}list_sort(list_distinct({{ list }})){%- endif -%}
{%- endmacro -%}

{%- macro engine_list_size(list) -%}
{%- if target.type == 'spark' -%}size({{ list }}){%- else -%}len({{ list }}){%- endif -%}
{%- endmacro -%}

{#- The first of a list, null where it is empty. -#}
{%- macro engine_first(list) -%}
{%- if target.type == 'spark' -%}get({{ list }}, 0){%- else -%}{{ list }}[1]{%- endif -%}
{%- endmacro -%}

{#- A list's texts in one, with a separator between them. -#}
{%- macro engine_join_list(list, separator) -%}
{%- if target.type == 'spark' -%}array_join({{ list }}, '{{ separator }}'){%- else -%}array_to_string({{ list }}, '{{ separator }}'){%- endif -%}
{%- endmacro -%}

{#- The values of a group as a list in no order; nulls are left out. -#}
{%- macro engine_gather(value) -%}
{%- if target.type == 'spark' -%}collect_list({{ value }})
{%- else -%}coalesce(list({{ value }}) filter (where ({{ value }}) is not null), [])
{%- endif -%}
{%- endmacro -%}

{#- The names of some columns of a row, largest value first and then by name: pairs of a column and when it counts. -#}
{%- macro engine_ranked(columns) -%}
{%- set ranks = [] -%}
{%- for name, counts in columns -%}
{%- do ranks.append(engine_struct([('k', 'case when ' ~ counts ~ ' then -' ~ name ~ ' end'), ('v', "'" ~ name ~ "'")])) -%}
{%- endfor -%}
{%- if target.type == 'spark' -%}
transform(sort_array(filter({{ engine_list(ranks) }}, x -> x.k is not null)), x -> x.v)
{%- else -%}
list_transform(list_sort(list_filter({{ engine_list(ranks) }}, lambda x: x.k is not null)), lambda x: x.v)
{%- endif -%}
{%- endmacro -%}

{#- The distinct texts of a group, sorted; nulls are left out. -#}
{%- macro engine_collect_distinct(value) -%}
{%- if target.type == 'spark' -%}sort_array(collect_set({{ value }}))
{%- else -%}coalesce(list_sort(list(distinct {{ value }}) filter (where ({{ value }}) is not null)), [])
{%- endif -%}
{%- endmacro -%}

{#- One row per member of a list, in a select list. -#}
{%- macro engine_explode(list) -%}
{%- if target.type == 'spark' -%}explode({{ list }}){%- else -%}unnest({{ list }}){%- endif -%}
{%- endmacro -%}

{%- macro engine_struct(pairs) -%}
{%- if target.type == 'spark' -%}named_struct({% for name, value in pairs %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- else -%}struct_pack({% for name, value in pairs %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endif -%}
{%- endmacro -%}

{%- macro engine_list_without_nulls(items) -%}
{%- if target.type == 'spark' -%}filter({{ engine_list(items) }}, x -> x is not null)
{%- else -%}list_filter({{ engine_list(items) }}, lambda x: x is not null)
{%- endif -%}
{%- endmacro -%}

{%- macro engine_list_concat(lists) -%}
{%- if target.type == 'spark' -%}concat({{ lists | join(', ') }}){%- else -%}{{ lists | join(' || ') }}{%- endif -%}
{%- endmacro -%}

{%- macro engine_text_type() -%}{{ 'string' if target.type == 'spark' else 'varchar' }}{%- endmacro -%}

{%- macro engine_split(text, separator) -%}
{%- if target.type == 'spark' -%}split({{ text }}, '[{{ separator }}]'){%- else -%}string_split({{ text }}, '{{ separator }}'){%- endif -%}
{%- endmacro -%}

{%- macro engine_split_part(text, separator, n) -%}split_part({{ text }}, '{{ separator }}', {{ n }}){%- endmacro -%}

{#- The whole numbers from one to another, both included. -#}
{%- macro engine_range(first, last) -%}
{%- if target.type == 'spark' -%}sequence({{ first }}, {{ last }}){%- else -%}generate_series({{ first }}, {{ last }}){%- endif -%}
{%- endmacro -%}

{%- macro engine_shift_left(number, by) -%}
{%- if target.type == 'spark' -%}shiftleft({{ number }}, {{ by }}){%- else -%}({{ number }} << {{ by }}){%- endif -%}
{%- endmacro -%}

{#- The words of a text as a list. -#}
{%- macro engine_words(text) -%}
{%- if target.type == 'spark' -%}filter(split({{ text }}, ' '), x -> x <> '')
{%- else -%}list_filter(string_split({{ text }}, ' '), lambda x: x <> '')
{%- endif -%}
{%- endmacro -%}

{#- One row per word, with the three words that follow: pos (from 1), w1, w2, w3, w4. -#}
{%- macro engine_explode_words(words) -%}
{%- if target.type == 'spark' -%}
inline(transform({{ words }}, (x, i) -> named_struct(
    'pos', i + 1, 'w1', x, 'w2', get({{ words }}, i + 1), 'w3', get({{ words }}, i + 2), 'w4', get({{ words }}, i + 3))))
{%- else -%}
generate_subscripts({{ words }}, 1) as pos, unnest({{ words }}) as w1,
    unnest({{ words }}[2:]) as w2, unnest({{ words }}[3:]) as w3, unnest({{ words }}[4:]) as w4
{%- endif -%}
{%- endmacro -%}

{#-
A CTE that is read more than once and computed once: `{% call engine_kept('name') %} select ... {% endcall %}`.
Spark puts a CTE in the place of each of its names unless chance has a part in it; this chance is none.
-#}
{%- macro engine_kept(name) -%}
{%- if target.type == 'spark' -%}{{ name }} as (select * from ({{ caller() }}) as kept where rand() >= 0)
{%- else -%}{{ name }} as materialized ({{ caller() }})
{%- endif -%}
{%- endmacro -%}

{#- A key of rows for one statement: small where the engine can number rows once, else the given key itself. -#}
{%- macro engine_row_key(key) -%}{{ key if target.type == 'spark' else 'row_number() over ()' }}{%- endmacro -%}

{%- macro engine_n_bytes(text) -%}
{%- if target.type == 'spark' -%}octet_length({{ text }}){%- else -%}strlen({{ text }}){%- endif -%}
{%- endmacro -%}

{#- Whether a text has ASCII letters only, told by its length in bytes. -#}
{%- macro engine_is_ascii(text) -%}({{ engine_n_bytes(text) }} = length({{ text }})){%- endmacro -%}

{#- A model that only grows where the engine can replace single rows; elsewhere it is made anew. -#}
{%- macro engine_growing() -%}{{ 'table' if target.type == 'spark' else 'incremental' }}{%- endmacro -%}
{%- macro engine_growing_only(statement) -%}{{ '' if target.type == 'spark' else statement }}{%- endmacro -%}
