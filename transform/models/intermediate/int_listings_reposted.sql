{#
A repost says the same again in the same source and side within 30 days. Compared are the letters of the title
and of the beginning of the text: closing lines and reference numbers are what reposts change.
#}
{% set days = 30 %}

with texts as (
    select
        latest.listing_id
        , latest.source
        , latest.side
        , coalesce(dated.posted_at, dated.first_seen_at) as said_at
        , md5({{ engine_replace_all(
            "lower(coalesce(latest.title, '') || ' ' || left(coalesce(latest.description, ''), 200))"
            , '[^\\p{L}]+', ''
        ) }}) as fingerprint
        , length(coalesce(latest.title, '') || coalesce(latest.description, '')) as n_letters
    from {{ ref('int_listings_latest') }} as latest
    inner join {{ ref('int_listings_dated') }} as dated on latest.listing_id = dated.listing_id
)

, neighbours as (
    select
        listing_id
        , said_at
        , lag(said_at) over (
            partition by source, side, fingerprint order by said_at, listing_id
        ) as said_before_at
    from texts
    where said_at is not null and n_letters >= 30
)

select
    texts.listing_id
    , coalesce(
        neighbours.said_before_at >= neighbours.said_at - interval '{{ days }} days'
        , false
    ) as is_repost
from texts
left join neighbours on texts.listing_id = neighbours.listing_id
