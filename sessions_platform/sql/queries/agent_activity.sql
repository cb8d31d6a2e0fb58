-- Agent: utterances, tool calls and model calls, of one session or of all.
WITH bounds AS (
    SELECT min(first_date) AS low, max(last_date) AS high FROM sessions WHERE $session_id IS NULL OR session_id = $session_id
),
acts AS (
    SELECT agent_name, session_id, count(*) AS messages, 0 AS calls, 0 AS errors, 0 AS generations, 0.0 AS cost
    FROM messages WHERE is_utterance AND ($session_id IS NULL OR session_id = $session_id)
        AND date >= (SELECT low FROM bounds) AND date <= (SELECT high FROM bounds)
    GROUP BY agent_name, session_id
    UNION ALL
    SELECT agent_name, session_id, 0, count(*), count(*) FILTER (NOT success), 0, 0.0
    FROM tool_calls WHERE ($session_id IS NULL OR session_id = $session_id)
        AND date >= (SELECT low FROM bounds) AND date <= (SELECT high FROM bounds)
    GROUP BY agent_name, session_id
    UNION ALL
    SELECT agent_name, session_id, 0, 0, 0, count(*), sum(cost_usd)
    FROM model_calls WHERE ($session_id IS NULL OR session_id = $session_id)
        AND date >= (SELECT low FROM bounds) AND date <= (SELECT high FROM bounds)
    GROUP BY agent_name, session_id
)
SELECT agent_name, sum(messages)::BIGINT AS message_count, count(DISTINCT session_id) AS session_count,
    sum(calls)::BIGINT AS tool_call_count, sum(errors)::BIGINT AS tool_error_count,
    sum(generations)::BIGINT AS model_call_count, sum(cost)::DOUBLE AS cost_usd
FROM acts
GROUP BY agent_name
ORDER BY message_count DESC, agent_name
