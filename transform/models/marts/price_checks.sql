with methods as (
    select
        source
        , side
        , price_kind
        , is_simulated
        , month_on
        , price_method
        , count(*) as n
    from {{ ref('int_price_points') }}
    group by all
)

, extraction as (
    select
        'extraction' as check_name
        , source
        , side
        , price_kind
        , is_simulated
        , month_on
        , price_method as subject
        , cast(null as varchar) as currency
        , cast(null as double) as value
        , n
        , sum(n) over (partition by source, side, price_kind, is_simulated, month_on) as n_of
    from methods
)

, alarms as (
    select
        'default value' as check_name
        , alarms.source
        , alarms.side
        , alarms.price_kind
        , points.is_simulated
        , alarms.month_on
        , coalesce(rulings.ruling, 'not ruled yet: left out') as subject
        , alarms.currency
        , alarms.value
        , alarms.n_value as n
        , alarms.n_rows as n_of
        , alarms.usual_share
        , alarms.p_value
    from {{ ref('int_price_alarm_cells') }} as alarms
    inner join (
        select
            source
            , bool_or(is_simulated) as is_simulated
        from {{ ref('int_price_points') }}
        group by source
    ) as points on alarms.source = points.source
    left join {{ ref('price_rulings') }} as rulings
        on
            alarms.source = rulings.source
            and alarms.side = rulings.side
            and alarms.price_kind = rulings.price_kind
            and alarms.currency is not distinct from rulings.currency
            and alarms.value = rulings.value
            and alarms.month_on between rulings.from_month and coalesce(rulings.to_month, alarms.month_on)
)

select
    check_name
    , source
    , side
    , price_kind
    , is_simulated
    , month_on
    , subject
    , currency
    , value
    , cast(n as bigint) as n
    , cast(n_of as bigint) as n_of
    , n / n_of as share
    , cast(null as double) as usual_share
    , cast(null as double) as p_value
from extraction
union all
select
    check_name
    , source
    , side
    , price_kind
    , is_simulated
    , month_on
    , subject
    , currency
    , value
    , cast(n as bigint) as n
    , cast(n_of as bigint) as n_of
    , n / n_of as share
    , usual_share
    , p_value
from alarms
