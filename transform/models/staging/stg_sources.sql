select * from {{ source('raw', 'sources') }}
