{#-
Language of a listing without any model: by its script, else by which language's small words it has most of
(the first 400 characters of title and text). Null where nothing speaks for a language. Five small words settle
English, which one quick pattern tells. The CTE `languages` has the columns named and `language`.
-#}
{%- macro classify_languages(relation, columns) %}
{%- set small_words = [
    ('en', 'the|and|for|with|you|your|are|is|to|of|need|needed|looking|will|we|our|my|have|this|from|i|in|on'),
    ('es', 'el|los|las|para|con|una|del|que|por|es|en|necesito|busco|mi|muy|como|su|estoy|somos|y|de|la'),
    ('pt', 'os|as|para|com|uma|do|da|que|por|em|preciso|meu|minha|nosso|um|ao|dos|das|no|na|e|de|o'),
    ('de', 'der|die|das|und|mit|ich|wir|ein|eine|ist|von|zu|den|dem|suche|suchen|auf|werden|oder|bitte|für|im'),
    ('fr', 'le|les|des|pour|avec|une|et|est|vous|nous|dans|sur|je|du|qui|votre|un|au|cherche|recherche|de|la|en'),
    ('it', 'il|gli|di|per|una|che|sono|con|della|cerco|nel|dei|al|mio|ho|si|e|la|un'),
    ('nl', 'het|een|voor|met|van|wij|zijn|op|naar|ik|niet|ons|zoeken|bij|de|en'),
    ('tr', 've|bir|icin|ile|bu|olarak|olan|gibi|daha'),
    ('id', 'dan|yang|untuk|dengan|saya|ini|di|dari|akan'),
    ('pl', 'jest|oraz|dla|nie|na|sie|szukam|do|z|w'),
] %}
{%- set scripts = [
    ('th', '[\\x{0E00}-\\x{0E7F}]'), ('uk', '[\\x{0456}\\x{0457}\\x{0454}\\x{0491}]'), ('ru', '[\\x{0400}-\\x{04FF}]'),
    ('ja', '[\\x{3040}-\\x{30FF}]'), ('ko', '[\\x{AC00}-\\x{D7AF}]'), ('zh', '[\\x{4E00}-\\x{9FFF}]'),
    ('ar', '[\\x{0600}-\\x{06FF}]'), ('he', '[\\x{0590}-\\x{05FF}]'), ('hi', '[\\x{0900}-\\x{097F}]'),
    ('el', '[\\x{0370}-\\x{03FF}]'),
] %}
beginnings as (
    select
        {{ columns | join(', ') }},
        lower(substring(concat(' ', coalesce(title, ''), ' ', substring(coalesce(description, ''), 1, 400)), 1, 400)) as beginning
    from {{ relation }}
),

english as (
    select
        *,
        case
            when {{ engine_matches('beginning', '(?s)(?:' ~ classify_small_words(small_words[0][1]) ~ '.*?){5}') }} then 5
            else {{ engine_list_size(engine_extract_all('beginning', classify_small_words(small_words[0][1]))) }}
        end as en
    from beginnings
),

counted as (
    select
        *
        {%- for language, words in small_words[1:] %},
        case when en >= 5 then 0 else {{ engine_list_size(engine_extract_all('beginning', classify_small_words(words))) }} end as n_{{ language }}
        {%- endfor %}
    from english
),

languages as (
    select
        {{ columns | join(', ') }},
        case
            when en >= 5 then 'en'
            {%- for language, range in scripts %}
            when {{ engine_matches('beginning', range ~ '.*' ~ range) }} then '{{ language }}'
            {%- endfor %}
            when greatest(en{% for language, words in small_words[1:] %}, n_{{ language }}{% endfor %}) < 1 then null
            when en >= greatest(0{% for language, words in small_words[1:] %}, n_{{ language }}{% endfor %}) then 'en'
            {%- for language, words in small_words[1:] %}
            when n_{{ language }} >= greatest(0{% for other, words in small_words[1:] %}, n_{{ other }}{% endfor %}) then '{{ language }}'
            {%- endfor %}
        end as language
    from counted
)
{%- endmacro -%}

{#- Whole small words; the beginning is lower case and framed by spaces. -#}
{%- macro classify_small_words(words) -%}[^a-z\x{DF}-\x{FF}](?:{{ words }})\b{%- endmacro -%}

{#- Languages with terms of their own in `ai_terms`; in others only international words are found. -#}
{%- macro classify_covered_languages() -%}'en', 'es', 'pt', 'de', 'fr', 'ru', 'uk', 'th'{%- endmacro -%}
