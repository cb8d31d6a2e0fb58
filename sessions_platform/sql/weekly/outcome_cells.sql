-- Period (the week, or the four weeks before it), key, value, task and platform: sessions, judged ones, those that failed.
-- Keys are segments, and `tool` (used at least once); `all` has one empty value. Parameters: before, first, last.
WITH chosen AS (
    SELECT session_id, first_date >= $first::DATE AS now, outcome IN ('success', 'partial', 'failed') AS judged,
        outcome IN ('partial', 'failed') AS failed
    FROM sessions WHERE first_date BETWEEN $before::DATE AND $last::DATE
),
named AS (
    SELECT session_id, string_agg(value, ' + ' ORDER BY value) FILTER (key = 'task') AS task,
        string_agg(value, ' + ' ORDER BY value) FILTER (key = 'platform') AS platform
    FROM session_segments SEMI JOIN chosen USING (session_id) WHERE key IN ('task', 'platform') GROUP BY session_id
),
held AS (
    SELECT session_id, 'all' AS key, '' AS value FROM chosen
    UNION ALL
    SELECT session_id, key, value FROM session_segments SEMI JOIN chosen USING (session_id)
    WHERE key IN ('version', 'release', 'environment', 'platform', 'task')
    UNION ALL
    SELECT DISTINCT session_id, 'tool', tool_name FROM tool_calls SEMI JOIN chosen USING (session_id)
    WHERE tool_name <> ''
)
SELECT c.now, h.key, h.value, coalesce(n.task, '') AS task, coalesce(n.platform, '') AS platform,
    count(*) AS sessions, count(*) FILTER (c.judged) AS judged, count(*) FILTER (c.failed) AS failed
FROM held AS h JOIN chosen AS c USING (session_id) LEFT JOIN named AS n USING (session_id)
GROUP BY ALL ORDER BY ALL
