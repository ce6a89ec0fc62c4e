{{ monthly_mentions('tool_terms', 'tool', 'listed_words') }}
