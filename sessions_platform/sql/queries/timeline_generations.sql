-- A session's model calls as events of its timeline. Its dates are low to high.
SELECT 'model_call' AS kind, start_time AS timestamp, NULL AS message_index, NULL AS turn_index, NULL AS role, agent_name,
    NULL AS text, NULL AS char_count, NULL AS tool_name, NULL AS operation, level <> 'ERROR' AS success,
    latency_seconds * 1000 AS duration_ms, model, cost_usd, trace_id, observation_id
FROM model_calls
WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
