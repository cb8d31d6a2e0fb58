-- A session's messages as events of its timeline. Its dates are low to high.
SELECT 'message' AS kind, timestamp, message_index, turn_index, role, agent_name, preview AS text, char_count,
    NULL AS tool_name, NULL AS operation, NULL AS success, NULL AS duration_ms, NULL AS model, NULL AS cost_usd,
    trace_id, observation_id
FROM messages
WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
