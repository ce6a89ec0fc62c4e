{# How often a source's rows have exactly the same price: material of the default alarm. #}
with months as (
    select
        source
        , side
        , price_kind
        , currency
        , month_on
        , count(*) as n_rows
    from {{ ref('int_price_points') }}
    where price is not null and not is_menu
    group by all
)

, with_history as (
    select
        *
        , sum(n_rows) over (
            partition by source, side, price_kind, currency order by month_on
            rows between unbounded preceding and 1 preceding
        ) as n_history
    from months
)

select
    points.source
    , points.side
    , points.price_kind
    , points.currency
    , round(points.price, 4) as value
    , points.month_on
    , count(*) as n_value
    , cast(any_value(months.n_rows) as bigint) as n_rows
    , cast(coalesce(any_value(months.n_history), 0) as bigint) as n_history
from {{ ref('int_price_points') }} as points
inner join with_history as months
    on
        points.source = months.source
        and points.side = months.side
        and points.price_kind = months.price_kind
        and points.currency is not distinct from months.currency
        and points.month_on = months.month_on
where points.price is not null and not points.is_menu
group by
    points.source, points.side, points.price_kind, points.currency, round(points.price, 4), points.month_on
having count(*) >= 5
