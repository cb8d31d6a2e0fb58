-- A session's tool calls: what the timeline leaves out.
SELECT observation_id, message_index, call_index, error_type, error_message, success_basis, start_time, duration_ms,
    tool_name, operation, agent_name, success
FROM tool_calls
WHERE session_id = $session_id AND date >= (SELECT first_date FROM sessions WHERE session_id = $session_id)
    AND date <= (SELECT last_date FROM sessions WHERE session_id = $session_id)
ORDER BY call_index
