-- A session's tool calls as events of its timeline; message_index is that of the result. Its dates are low to high.
SELECT 'tool_call' AS kind, start_time AS timestamp, message_index, turn_index, NULL AS role, agent_name,
    arguments_preview AS text, NULL AS char_count, tool_name, operation, success, duration_ms, NULL AS model,
    NULL AS cost_usd, trace_id, observation_id
FROM tool_calls
WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
