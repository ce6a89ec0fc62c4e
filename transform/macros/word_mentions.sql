{#-
Which listed words a listing uses: one pattern over its lower-case texts, so that the cost does not grow with
the list. The words found are turned into names (a tool, a skill) where they are counted.
-#}
{%- macro words_mentioned(seed, text) -%}
{%- set found = [] -%}
{%- if execute -%}
{%- for row in run_query("select distinct lower(term) as term from " ~ ref(seed) ~ " order by 1").rows -%}
{%- do found.append('%04d' % (999 - row['term'] | length) ~ (row['term'] | replace('.', '\\.') | replace('+', '\\+'))) -%}
{%- endfor -%}
{%- endif -%}
{%- set words = [] -%}
{%- for word in found | sort -%}{%- do words.append(word[4:]) -%}{%- endfor -%}
{{ engine_list_distinct(engine_extract_all(text, '\\b(?:' ~ words | join('|') ~ ')\\b')) }}
{%- endmacro -%}
