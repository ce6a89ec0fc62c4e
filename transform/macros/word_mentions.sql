{#- One pattern for all listed words, the longest first, so that its cost does not grow with the lists. -#}
{%- macro words_pattern(seeds) -%}
{%- set found = [] -%}
{%- for seed in seeds -%}
{%- for row in run_query("select distinct lower(term) as term from " ~ ref(seed) ~ " order by 1").rows -%}
{%- do found.append('%04d' % (999 - row['term'] | length) ~ (row['term'] | replace('.', '\\.') | replace('+', '\\+'))) -%}
{%- endfor -%}
{%- endfor -%}
{%- set words = [] -%}
{%- for word in found | unique | sort -%}{%- do words.append(word[4:]) -%}{%- endfor -%}
\b(?:{{ words | join('|') }})\b
{%- endmacro -%}

{#-
Which listed words stand in any of some lower-case texts. They are turned into names (a tool, a skill) where they
are counted.
-#}
{%- macro words_mentioned(pattern, texts) -%}
{%- set lists = [] -%}
{%- for text in texts -%}{%- do lists.append(engine_extract_all(text, pattern)) -%}{%- endfor -%}
{{ engine_list_distinct(engine_list_concat(lists)) }}
{%- endmacro -%}
