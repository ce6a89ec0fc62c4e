{#-
Occupation of listings by their words: the sum of the words' weights, each word once; the best occupation
counts when its sum is above one half.
-#}
{%- macro occupation_from_words(relation) %}
    select listing_id, occupation
    from (
        select
            listing_id
            , occupation
            , row_number() over (partition by listing_id order by sum(weight) desc, occupation) as place
            , sum(weight) as total
        from (
            select distinct
                said.listing_id
                , words.occupation
                , words.word
                , cast(words.weight as decimal(9, 2)) as weight
            from (
                select
                    listing_id
                    , {{ engine_explode(engine_words(engine_replace_all(
                        "concat(' ', lower(concat(coalesce(title, substring(description, 1, 300), ''), ' ', coalesce(" ~ engine_join_list('skills', ' ') ~ ", ''))), ' ')",
                        '[^\\p{L}\\p{M}\\p{N}+#.]+', ' '))) }} as word
                from {{ relation }}
            ) as said
            inner join {{ ref('occupation_words') }} as words on said.word = words.word
        ) as each_once
        group by listing_id, occupation
    ) as ranked
    where place = 1 and total > 0.5
{%- endmacro -%}
