select
    split
    , stratum
    , side
    , class
    , n_listings
    , n_examples
    , n_predicted
    , n_right
    , precision
    , recall
    , f1
    , f1_low
    , f1_high
    , 'Labels were made by language-model annotators after a codebook, not by people.' as note
from {{ ref('classifier_evaluation') }}
