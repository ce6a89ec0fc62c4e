select * from {{ ref('int_monthly_medians') }}
