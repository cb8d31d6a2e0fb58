-- A session's tool calls, what figures are made of. Its dates are low to high.
SELECT agent_name, tool_name, operation, success, duration_ms
FROM tool_calls
WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
