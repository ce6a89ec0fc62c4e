select * from {{ ref('stg_benchmark_points') }}
