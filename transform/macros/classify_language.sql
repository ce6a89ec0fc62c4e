{#-
Language of a listing without any model: by its script, else by which language's small words it has most of
(the title and the first 400 characters of the text, both lower case already). Null where nothing speaks for a
language. Five small words settle English, which one quick pattern tells. The CTE `languages` has the columns named
and `language`.
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
{%- set every_word = [] %}
{%- for language, words in small_words[1:] %}{% do every_word.extend(words.split('|')) %}{% endfor %}
{%- set every_word = every_word | unique | list %}
{%- set scripts = [
    ('th', '[\\x{0E00}-\\x{0E7F}]'), ('uk', '[\\x{0456}\\x{0457}\\x{0454}\\x{0491}]'), ('ru', '[\\x{0400}-\\x{04FF}]'),
    ('ja', '[\\x{3040}-\\x{30FF}]'), ('ko', '[\\x{AC00}-\\x{D7AF}]'), ('zh', '[\\x{4E00}-\\x{9FFF}]'),
    ('ar', '[\\x{0600}-\\x{06FF}]'), ('he', '[\\x{0590}-\\x{05FF}]'), ('hi', '[\\x{0900}-\\x{097F}]'),
    ('el', '[\\x{0370}-\\x{03FF}]'),
] %}
beginnings as (
    select
        {{ columns | join(', ') }},
        concat(' ', title, ' ', substring(description, 1, 400)) as beginning
    from {{ relation }}
),

counted as (
    select
        *,
        case
            when {{ engine_matches('beginning', '(?s)(?:' ~ classify_small_words(small_words[0][1]) ~ '.*?){5}') }} then 5
            else {{ engine_list_size(engine_extract_all('beginning', classify_small_words(small_words[0][1]))) }}
        end as en
    from beginnings
),

-- most are English, and of these no text need be kept
{% call engine_kept('english') %}
    select {{ columns | join(', ') }}, en, case when en < 5 then beginning end as beginning
    from counted
{% endcall %},

small_words as (
    select *
    from (values
        {%- for language, words in small_words[1:] %}{% set place = loop.index %}{% for word in words.split('|') %}
        ('{{ word }}', {{ place }}){{ ',' if not (place == small_words | length - 1 and loop.last) }}
        {%- endfor %}{% endfor %}
    ) as listed (word, place)
),

-- the language with most small words, of equals the first: n * 100 - place; only where English is not settled
votes as (
    select listing_id, max(n * 100 - place) as vote
    from (
        select listing_id, place, count(*) as n
        from (
            select
                listing_id,
                {{ engine_explode(engine_extract_all('beginning', classify_small_words(every_word | join('|'), group=true), 1)) }} as word
            from english
            where en < 5
        ) as said
        inner join small_words on said.word = small_words.word
        group by listing_id, place
    ) as counted
    group by listing_id
),

languages as (
    select
        {{ columns | join(', ') }},
        case
            when en >= 5 then 'en'
            {%- for language, range in scripts %}
            when has_script and {{ engine_matches('beginning', range ~ '.*' ~ range) }} then '{{ language }}'
            {%- endfor %}
            when en < 1 and vote is null then null
            when vote is null or en * 100 >= vote then 'en'
            {%- for language, words in small_words[1:] %}
            when mod(vote, 100) = {{ 100 - loop.index }} then '{{ language }}'
            {%- endfor %}
        end as language
    from (
        select
            english.*, votes.vote,
            case when en < 5 then {{ engine_matches('beginning', scripts | map('last') | join('|')) }} else false end as has_script
        from english
        left join votes on english.listing_id = votes.listing_id
    ) as voted
)
{%- endmacro -%}

{#- Whole small words; the beginning is lower case and framed by spaces. -#}
{%- macro classify_small_words(words, group=false) -%}
[^a-z\x{DF}-\x{FF}]({{ '' if group else '?:' }}{{ words }})\b
{%- endmacro -%}

{#- Languages with terms of their own in `ai_terms`; in others only international words are found. -#}
{%- macro classify_covered_languages() -%}'en', 'es', 'pt', 'de', 'fr', 'ru', 'uk', 'th'{%- endmacro -%}
