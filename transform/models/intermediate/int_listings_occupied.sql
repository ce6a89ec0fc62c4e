{#-
The Online Labour Index's occupations: from the source's own category where it is mapped, else from the words
of title and skills (of the text's beginning where there is no title), else unknown.
-#}
with listings as (select * from {{ ref('int_listings_latest') }})

, mapped as (
    select
        listings.listing_id
        , coalesce(by_service.occupation, by_category.occupation) as occupation
    from listings
    left join {{ ref('occupation_categories') }} as by_service
        on lower(trim(listings.native_subcategory)) = by_service.native_category
    left join {{ ref('occupation_categories') }} as by_category
        on lower(trim(listings.native_category)) = by_category.native_category
)

, by_words as (
    {{ occupation_from_words("(select l.* from listings as l inner join mapped as m on l.listing_id = m.listing_id where m.occupation is null)") }}
)

select
    mapped.listing_id
    , coalesce(mapped.occupation, by_words.occupation, 'unknown') as occupation
    , case
        when mapped.occupation is not null then 'category'
        when by_words.occupation is not null then 'words'
        else 'none'
    end as occupation_method
from mapped
left join by_words on mapped.listing_id = by_words.listing_id
