-- Session: its user, first date, and what it counts for a metric (value out of weight); value NULL where unknown.
-- Parameters: metric; since, until (first_date, both included, NULL for all); labels, pairs `key<US>value` of which a
-- session has one, or none for all sessions. A cost that is not complete is unknown, not low.
WITH labelled AS (
    SELECT session_id FROM session_segments WHERE list_contains($labels, key || chr(31) || value)
    UNION
    SELECT session_id FROM sessions
    WHERE list_contains($labels, 'version' || chr(31) || version) OR list_contains($labels, 'release' || chr(31) || release)
        OR list_contains($labels, 'environment' || chr(31) || environment)
    UNION
    SELECT session_id FROM messages WHERE list_contains($labels, 'agent' || chr(31) || agent_name)
    UNION
    SELECT session_id FROM tool_calls WHERE list_contains($labels, 'tool' || chr(31) || tool_name)
)
SELECT session_id, user_id, first_date,
    CASE $metric
        WHEN 'success_rate' THEN CASE outcome WHEN 'unknown' THEN NULL WHEN 'success' THEN 1.0 ELSE 0.0 END
        WHEN 'completion_rate' THEN (status = 'completed')::DOUBLE
        WHEN 'tool_success_rate' THEN (tool_call_count - tool_error_count)::DOUBLE
        WHEN 'turns' THEN total_turns::DOUBLE
        WHEN 'cost' THEN CASE WHEN cost_complete THEN total_cost_usd END
        WHEN 'duration' THEN duration_seconds
        WHEN 'messages' THEN message_count::DOUBLE
    END AS value,
    CASE WHEN $metric = 'tool_success_rate' THEN tool_call_count ELSE 1 END::DOUBLE AS weight
FROM sessions
WHERE ($since IS NULL OR first_date >= $since::DATE) AND ($until IS NULL OR first_date <= $until::DATE)
    AND (len($labels) = 0 OR session_id IN (FROM labelled))
ORDER BY session_id
