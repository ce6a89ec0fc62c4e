{# Months of the US consumer price index; months after the last published value repeat it, flagged. #}
{% set base_year = 2024 %}

with published as (
    select
        month_on
        , cpi_u
        , is_provisional
    from {{ ref('int_cpi_published') }}
)

, last_published as (
    select
        max(month_on) as month_on
        , max_by(cpi_u, month_on) as cpi_u
    from published
)

, later as (
    select
        cast(month_on + to_months(cast(ahead as integer)) as date) as month_on
        , cpi_u
    from last_published
    cross join (select unnest(range(1, 121)) as ahead) as months
)

, base as (
    select avg(cpi_u) as cpi_u from published where year(month_on) = {{ base_year }}
)

select
    months.month_on
    , months.cpi_u
    , base.cpi_u / months.cpi_u as to_base
    , months.is_provisional
from (
    select month_on, cpi_u, is_provisional from published
    union all
    select month_on, cpi_u, true as is_provisional from later
) as months
cross join base
