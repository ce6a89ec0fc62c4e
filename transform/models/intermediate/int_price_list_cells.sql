{# Sorted prices of each cell, by month and quarter, in dollars and as written. #}
with priced as (
    select
        *
        , 'USD' as cell_currency
        , price_usd as cell_price
    from {{ ref('int_price_panel_cells') }}
    where price_usd > 0
    union all
    select
        *
        , currency as cell_currency
        , price as cell_price
    from {{ ref('int_price_panel_cells') }}
    where price > 0 and currency <> 'USD'
)

, grains as (
    select unnest(['month', 'quarter']) as grain
)

, cells as (
    select
        grains.grain
        , cast(date_trunc(grains.grain, priced.month_on) as date) as period_on
        , priced.source
        , priced.platform
        , priced.side
        , priced.price_kind
        , priced.frame
        , priced.is_simulated
        , priced.cell_currency as currency
        , case when grouping(priced.occupation) = 1 then 'all' else priced.occupation end as occupation
        , case
            when grouping(priced.ai_category) = 0 then coalesce(priced.ai_category, 'uncategorised')
            when grouping(priced.is_ai) = 0 then case when priced.is_ai then 'any_ai' else 'no_ai' end
            else 'all'
        end as ai_category
        , list(priced.cell_price order by priced.cell_price) as prices_usd
        , count(*) filter (where priced.price_low < priced.price_high) as n_ranges
        , count(*) filter (where priced.is_menu) as n_menu
    from priced
    cross join grains
    group by
        grains.grain, date_trunc(grains.grain, priced.month_on), priced.source, priced.platform, priced.side
        , priced.price_kind, priced.frame, priced.is_simulated, priced.cell_currency
        , grouping sets (
            (), (priced.occupation), (priced.is_ai), (priced.occupation, priced.is_ai)
            , (priced.is_ai, priced.ai_category)
        )
    having count(*) >= 10
)

, deflators as (
    select
        grains.grain
        , cast(date_trunc(grains.grain, cpi.month_on) as date) as period_on
        , avg(cpi.to_base) as to_base
        , bool_or(cpi.is_provisional) as is_provisional
    from {{ ref('int_cpi_months') }} as cpi
    cross join grains
    group by grains.grain, date_trunc(grains.grain, cpi.month_on)
)

select
    cells.*
    , case when cells.currency = 'USD' then deflators.to_base end as to_base
    , case when cells.currency = 'USD' then deflators.is_provisional end as is_provisional
from cells
left join deflators on cells.grain = deflators.grain and cells.period_on = deflators.period_on
where cells.ai_category <> 'uncategorised'
