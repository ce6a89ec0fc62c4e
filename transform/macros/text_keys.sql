{# Ids of distinct texts that are parsed once: a hash of the text and of what changes its reading. #}
{% macro text_key(parts) -%}
    md5(concat_ws(chr(31){% for part in parts %}, coalesce({{ part }}, chr(30)){% endfor %}))
{%- endmacro %}

{% macro price_text_key(listing) -%}
    {{ text_key([listing ~ '.price_raw', listing ~ '.price_kind_raw', listing ~ '.currency_raw',
                 listing ~ '.source_currency', listing ~ '.source_locale']) }}
{%- endmacro %}

{% macro date_text_key(sighting, source) -%}
    {{ text_key([sighting ~ '.posted_raw', source ~ '.date_order', source ~ '.time_zone', source ~ '.locale']) }}
{%- endmacro %}
