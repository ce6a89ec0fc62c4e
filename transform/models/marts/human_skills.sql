{{ monthly_mentions('skill_terms', 'skill', 'listed_words') }}
