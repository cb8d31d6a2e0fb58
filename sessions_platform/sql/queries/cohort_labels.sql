-- Session and value of one key: a segment, or version, release, environment, agent or tool. 
-- Parameters: key; since, until (first_date, both included, NULL for all).
SELECT DISTINCT session_id, value
FROM (
    SELECT session_id, value FROM session_segments WHERE key = $key
    UNION ALL
    SELECT session_id, CASE $key WHEN 'version' THEN version WHEN 'release' THEN release ELSE environment END AS value
    FROM sessions WHERE $key IN ('version', 'release', 'environment')
    UNION ALL
    SELECT session_id, agent_name AS value FROM messages WHERE $key = 'agent'
    UNION ALL
    SELECT session_id, tool_name AS value FROM tool_calls WHERE $key = 'tool'
) AS labels
JOIN sessions AS s USING (session_id)
WHERE coalesce(value, '') <> '' AND ($since IS NULL OR s.first_date >= $since::DATE)
    AND ($until IS NULL OR s.first_date <= $until::DATE)
ORDER BY session_id, value
