select
    {{ date_text_key('sightings', 'sources') }} as date_text_id
    , min(sightings.posted_raw) as posted_raw
    , min(sources.date_order) as date_order
    , min(sources.time_zone) as time_zone
    , min(sources.locale) as locale
from {{ ref('stg_sightings') }} as sightings
inner join {{ ref('stg_sources') }} as sources on sightings.source = sources.name
where sightings.posted_raw is not null
group by 1
