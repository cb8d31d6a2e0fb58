-- One row a tool and kind of error: how often, in how many sessions.
SELECT tool_name, coalesce(error_type, 'unnamed') AS error_type, count(*) AS times,
    count(DISTINCT session_id) AS sessions
FROM tool_calls WHERE NOT success AND date BETWEEN $first::DATE AND $last::DATE
GROUP BY ALL ORDER BY times DESC, tool_name, error_type LIMIT 20
