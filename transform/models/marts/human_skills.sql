{{ monthly_mentions('skill_terms', 'skill', 'skill_words') }}
