{# The few places where engines differ. #}
{% macro matches(text, pattern) -%}{{ return(adapter.dispatch('matches', 'gigs')(text, pattern)) }}{%- endmacro %}
{% macro default__matches(text, pattern) -%}regexp_matches({{ text }}, '{{ pattern }}'){%- endmacro %}
{% macro spark__matches(text, pattern) -%}({{ text }} rlike '{{ pattern }}'){%- endmacro %}

{% macro epoch_ms_to_timestamp(ms) -%}{{ return(adapter.dispatch('epoch_ms_to_timestamp', 'gigs')(ms)) }}{%- endmacro %}
{% macro default__epoch_ms_to_timestamp(ms) -%}epoch_ms({{ ms }}){%- endmacro %}
{% macro spark__epoch_ms_to_timestamp(ms) -%}timestamp_millis({{ ms | replace('//', 'div') }}){%- endmacro %}
