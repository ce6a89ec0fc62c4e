{{ monthly_mentions('tool_terms', 'tool', 'tool_words') }}
