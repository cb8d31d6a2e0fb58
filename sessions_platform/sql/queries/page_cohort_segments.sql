-- Segment (key and value) that sessions of two cohorts have: how many of each cohort, which, and how many segments there are.
-- Parameters: ids_a, ids_b (sessions of the cohorts), key (a segment's, or version, release, environment, agent or tool; NULL
-- for all but agents, tools, and what every session has), own (keys of the cohorts, left out), limit. Largest first.
WITH cohorts AS (
    SELECT unnest($ids_a) AS session_id, true AS in_a
    UNION ALL
    SELECT unnest($ids_b), false
),
labels AS (
    SELECT session_id, key, value FROM session_segments WHERE $key IS NULL OR key = $key
    UNION
    SELECT session_id, part.key, part.value
    FROM sessions, unnest([{'key': 'version', 'value': version}, {'key': 'release', 'value': release},
        {'key': 'environment', 'value': environment}]) AS parts (part)
    WHERE $key IS NULL OR part.key = $key
    UNION
    SELECT session_id, 'agent', agent_name FROM messages WHERE $key = 'agent'
    UNION
    SELECT session_id, 'tool', tool_name FROM tool_calls WHERE $key = 'tool'
)
SELECT key, value, count(*) FILTER (in_a) AS sessions_a, count(*) FILTER (NOT in_a) AS sessions_b,
    list(session_id ORDER BY session_id) AS ids, count(*) OVER () AS segments
FROM labels JOIN cohorts USING (session_id)
WHERE coalesce(value, '') <> '' AND NOT list_contains($own, key)
GROUP BY key, value
HAVING $key IS NOT NULL OR count(*) < (SELECT count(*) FROM cohorts)
ORDER BY least(sessions_a, sessions_b) DESC, sessions_a + sessions_b DESC, key, value
LIMIT $limit
