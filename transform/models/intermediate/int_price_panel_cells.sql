{# Prices of the series: all points but values that raised an alarm and were not ruled genuine. #}
with held_back as (
    select alarms.*
    from {{ ref('int_price_alarm_cells') }} as alarms
    left join {{ ref('price_rulings') }} as rulings
        on
            alarms.source = rulings.source
            and alarms.side = rulings.side
            and alarms.price_kind = rulings.price_kind
            and alarms.currency is not distinct from rulings.currency
            and alarms.value = rulings.value
            and alarms.month_on between rulings.from_month and coalesce(rulings.to_month, alarms.month_on)
            and rulings.ruling = 'genuine'
    where rulings.ruling is null
)

select points.*
from {{ ref('int_price_points') }} as points
anti join held_back
    on
        points.source = held_back.source
        and points.side = held_back.side
        and points.price_kind = held_back.price_kind
        and points.currency is not distinct from held_back.currency
        and round(points.price, 4) = held_back.value
        and points.month_on = held_back.month_on
