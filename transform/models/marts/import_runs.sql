select * from {{ ref('stg_runs') }}
