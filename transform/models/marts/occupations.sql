select
    occupation
    , soc_groups
    , n_soc_occupations
    , human_beta as exposure
    , model_beta as exposure_by_model
    , source as exposure_source
    , licence as exposure_licence
from {{ ref('exposure_scores') }}
