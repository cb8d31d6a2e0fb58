-- What happened in a session, in order: messages by their index, each call just before its result, model calls by time.
WITH said AS (
    SELECT * FROM messages
    WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
),
events AS (
    SELECT 'message' AS kind, timestamp, message_index, turn_index, role, agent_name, preview AS text, char_count,
        NULL AS tool_name, NULL AS operation, NULL AS success, NULL AS duration_ms, NULL AS model, NULL AS cost_usd,
        trace_id, observation_id, 2 AS place, message_index AS at_index
    FROM said
    UNION ALL
    SELECT 'tool_call', start_time, message_index, turn_index, NULL, agent_name, arguments_preview, NULL, tool_name,
        operation, success, duration_ms, NULL, NULL, trace_id, observation_id, 1, message_index
    FROM tool_calls
    WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
    UNION ALL
    SELECT 'model_call', c.start_time, NULL, NULL, NULL, c.agent_name, NULL, NULL, NULL, NULL, c.level <> 'ERROR',
        c.latency_seconds * 1000, c.model, c.cost_usd, c.trace_id, c.observation_id, 0,
        -- Before the first message that its row gave, else before the first that is later.
        coalesce((SELECT min(message_index) FROM said WHERE said.observation_id = c.observation_id
                AND said.trace_id = c.trace_id),
            (SELECT min(message_index) FROM said WHERE said.timestamp >= c.start_time), 2147483647)
    FROM model_calls AS c
    WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
)
SELECT * EXCLUDE (place, at_index) FROM events ORDER BY at_index, place, timestamp, observation_id
