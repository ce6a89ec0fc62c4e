{% set upwork_epoch_ms = 1288834974657 %}

with said as (
    -- what each sighting says of the posting date; relative text counts back from the observation
    select
        sightings.listing_id
        , case
            when texts.said_at is not null then texts.said_at
            when texts.offset_seconds is not null and sightings.observed_at is not null
                then sightings.observed_at - texts.offset_seconds * interval '1 second'
        end as posted_at
        , case
            when texts.said_at is null and (texts.offset_seconds is null or sightings.observed_at is null)
                then 'unknown'
            else texts.posted_precision
        end as posted_precision
        , case when texts.said_at is null then 'relative' else coalesce(sightings.posted_origin, 'file') end
            as posted_origin
    from {{ ref('stg_sightings') }} as sightings
    inner join {{ ref('stg_sources') }} as sources on sightings.source = sources.name
    inner join {{ ref('int_date_texts') }} as texts
        on texts.date_text_id = {{ date_text_key('sightings', 'sources') }}
    where sightings.posted_raw is not null
)

, carried as (
    -- Upwork's own ids are snowflakes: their upper bits are the time of posting
    select
        listing_id
        , {{ epoch_ms_to_timestamp(
            '(cast(native_id as bigint) // 4194304) + ' ~ upwork_epoch_ms) }} as posted_at
        , 'exact' as posted_precision
        , 'id' as posted_origin
    from {{ ref('int_listings_latest') }}
    where platform = 'upwork' and {{ matches('native_id', '^[12][0-9]{18}$') }}
)

, candidates as (
    select * from said where posted_at is not null
    union all
    select * from carried
)

, best as (
    select
        *
        , row_number() over (
            partition by listing_id
            order by
                case posted_origin when 'id' then 0 else 1 end
                , case posted_precision
                    when 'exact' then 0
                    when 'day' then 1
                    when 'approximate' then 2
                    else 3
                end
                , posted_at
                , posted_origin
        ) as position
    from candidates
)

select
    listings.listing_id
    , best.posted_at
    , coalesce(best.posted_precision, 'unknown') as posted_precision
    , best.posted_origin
    , listings.first_observed_at as first_seen_at
    , listings.last_observed_at as last_seen_at
    , cast(date_trunc('month', case
        when listings.side = 'offer' then listings.first_observed_at
        else best.posted_at
    end) as date) as month_on
from {{ ref('int_listings_latest') }} as listings
left join best on listings.listing_id = best.listing_id and best.position = 1
