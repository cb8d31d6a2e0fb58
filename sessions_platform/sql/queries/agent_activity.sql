-- Agent: utterances, tool calls and model calls, of one session, of each of several, or of all (see tool_statistics).
WITH acts AS (
    SELECT
        session_id, -- if ids
        hash(session_id) AS session, -- if all
        agent_name, count(*) AS messages, 0 AS calls, 0 AS errors, 0 AS generations, 0.0 AS cost
    FROM messages
    WHERE is_utterance
        AND session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE -- if session_id
        AND session_id IN ($ids) AND date IN ($dates) -- if ids
    GROUP BY ALL
    UNION ALL
    SELECT
        session_id, -- if ids
        hash(session_id), -- if all
        agent_name, 0, count(*), count(*) FILTER (NOT success), 0, 0.0
    FROM tool_calls
    WHERE true
        AND session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE -- if session_id
        AND session_id IN ($ids) AND date IN ($dates) -- if ids
    GROUP BY ALL
    UNION ALL
    SELECT
        session_id, -- if ids
        hash(session_id), -- if all
        agent_name, 0, 0, 0, count(*), sum(cost_usd)
    FROM model_calls
    WHERE true
        AND session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE -- if session_id
        AND session_id IN ($ids) AND date IN ($dates) -- if ids
    GROUP BY ALL
)
SELECT
    session_id, -- if ids
    count(DISTINCT session) AS session_count, -- if all
    1 AS session_count, -- if session_id
    1 AS session_count, -- if ids
    agent_name, sum(messages)::BIGINT AS message_count,
    sum(calls)::BIGINT AS tool_call_count, sum(errors)::BIGINT AS tool_error_count,
    sum(generations)::BIGINT AS model_call_count, sum(cost)::DOUBLE AS cost_usd
FROM acts
GROUP BY ALL
ORDER BY message_count DESC, agent_name
