{#-
The seeds' words, ready to be found. A term is one to four words; `a|b` in the place of a word means either;
`word*` any ending (only in scripts with rich endings, such as Cyrillic). Plurals in -s are found by themselves.
-#}

{%- macro classify_accented() -%}áàâãäåéèêëíìîïóòôõöőúùûüçñ{%- endmacro -%}
{%- macro classify_unaccented() -%}aaaaaaeeeeiiiioooooouuuucn{%- endmacro -%}

{#- Words with any ending, and words of scripts that write without spaces: both are set apart in the texts. -#}
{%- macro classify_stems(terms) -%}
{%- set found = [] -%}
{%- for row in terms -%}{%- for word in row['folded'].replace('|', ' ').split() if word.endswith('*') -%}
{%- do found.append('%04d' % (999 - word | length) ~ word[:-1]) -%}
{%- endfor -%}{%- endfor -%}
{%- for word in found | unique | sort -%}{{ word[4:] }}{{ '|' if not loop.last }}{%- endfor -%}
{%- endmacro -%}

{%- macro classify_unspaced(terms) -%}
{%- set found = [] -%}
{%- for row in terms if row['language'] in ('th', 'cjk') -%}{%- for word in row['term'].replace('|', ' ').split() if word > '~' -%}
{%- do found.append('%04d' % (999 - word | length) ~ word) -%}
{%- endfor -%}{%- endfor -%}
{%- for word in found | unique | sort -%}{{ word[4:] }}{{ '|' if not loop.last }}{%- endfor -%}
{%- endmacro -%}

{#-
Raw texts that may name AI: a pattern that lets through at least every listing with a phrase that names AI.
A phrase with a word that names AI by itself needs no place in it. Words of up to four letters end at a
boundary, longer ones may go on (plurals, inflections).
-#}
{%- macro classify_prefilter(terms, signals) -%}
{%- set naming = signals | selectattr('names_ai', 'equalto', 'yes') | map(attribute='signal') | list -%}
{%- set alone = [] -%}
{%- for row in terms if row['signal'] in naming and ' ' not in row['term'] -%}{%- do alone.extend(row['folded'].split('|')) -%}{%- endfor -%}
{%- set pieces = ['a\\.i(?:[^a-z0-9]|$)'] -%}
{%- for row in terms if row['signal'] in naming -%}
{%- set spoken = [] -%}
{%- if ' ' in row['term'] -%}
{%- for word in row['folded'].split() -%}
{%- if word.split('|') | reject('in', alone) | list | length == 0 -%}{%- do spoken.append(word) -%}{%- endif -%}
{%- endfor -%}
{%- endif -%}
{%- if not spoken -%}
{%- for text in [row['term'] | lower, row['folded']] | unique -%}
{%- set words = [] -%}
{%- for word in text.split() -%}
{%- set plain = word | replace('.', '\\.') | replace('*', '') -%}
{%- do words.append('(?:' ~ plain ~ ')' if '|' in plain else plain) -%}
{%- if word.endswith('*') and not loop.last -%}{%- do words.append('[^ ]*') -%}{%- endif -%}
{%- endfor -%}
{%- set is_short = text | length <= 4 and row['language'] not in ('th', 'cjk') -%}
{%- do pieces.append(words | join('[ -/:-@\\[-\\x60{-~\\s]+') ~ ('s?(?:[^a-z0-9]|$)' if is_short else '')) -%}
{%- endfor -%}
{%- endif -%}
{%- endfor -%}
(?:^|[^a-z0-9])(?:{{ pieces | unique | sort | join('|') }})|{{ classify_special() }}|<[a-z/!]|&[#a-z0-9]+;
{%- endmacro -%}
