-- Tool and shape of its errors (numbers, ids and quoted strings replaced): how often, in how many sessions, and one of them.
SELECT tool_name, left(trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        coalesce(nullif(error_message, ''), error_type, '(no message)'),
        '"[^"]*"|''[^'']*''|`[^`]*`', '“…”', 'g'), '<([a-z_]+):[^>]*>', '<\1>', 'g'),
        '\b[0-9a-fA-F]{4,}(-[0-9a-fA-F]{4,})+\b|\b[0-9a-f]*[0-9][0-9a-f]*[a-f][0-9a-f]{4,}\b', '#', 'g'),
        '[0-9]+', '#', 'g'), '\s+', ' ', 'g')), 200) AS shape, count(*) AS error_count, count(DISTINCT session_id) AS session_count,
    max(date)::VARCHAR AS last_date, arg_max(session_id, start_time) AS example_session,
    arg_max(message_index, start_time) AS example_message
FROM tool_calls
WHERE NOT success AND ($tool IS NULL OR tool_name = $tool)
    AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
GROUP BY ALL
ORDER BY error_count DESC, tool_name, shape
LIMIT 30
