-- A session's model calls, what figures are made of. Its dates are low to high.
SELECT agent_name, cost_usd
FROM model_calls
WHERE session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
