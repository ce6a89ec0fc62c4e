{#-
Which listed words stand in any of some lower-case texts: one pattern, so that the cost does not grow with the lists. The words found are turned into names (a tool, a skill) where they are counted.
-#}
{%- macro words_mentioned(seeds, texts) -%}
{%- set found = [] -%}
{%- if execute -%}
{%- for seed in seeds -%}
{%- for row in run_query("select distinct lower(term) as term from " ~ ref(seed) ~ " order by 1").rows -%}
{%- do found.append('%04d' % (999 - row['term'] | length) ~ (row['term'] | replace('.', '\\.') | replace('+', '\\+'))) -%}
{%- endfor -%}
{%- endfor -%}
{%- endif -%}
{%- set words = [] -%}
{%- for word in found | unique | sort -%}{%- do words.append(word[4:]) -%}{%- endfor -%}
{%- set pattern = '\\b(?:' ~ words | join('|') ~ ')\\b' -%}
{%- set lists = [] -%}
{%- for text in texts -%}{%- do lists.append(engine_extract_all(text, pattern)) -%}{%- endfor -%}
{{ engine_list_distinct(engine_list_concat(lists)) }}
{%- endmacro -%}
