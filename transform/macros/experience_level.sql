{# Three levels from the words that marketplaces use for them; anything else is unknown. #}
{% macro experience_level(text) -%}
case
    when {{ matches('lower(' ~ text ~ ')', 'entry|beginner|junior|basic|principiante|iniciante') }} then 'entry'
    when {{ matches('lower(' ~ text ~ ')', 'intermediate|medium|mid|standard|intermedi') }} then 'intermediate'
    when {{ matches('lower(' ~ text ~ ')', 'expert|advanced|senior|premium|avanzad|especialista') }} then 'expert'
end
{%- endmacro %}
