-- Grain: date, agent_name. Utterances, tool calls and model calls of the date.
WITH acts AS (
    SELECT date, agent_name, session_id, count(*) AS messages, 0 AS calls, 0 AS errors, 0 AS generations, 0.0 AS cost
    FROM scope_messages WHERE is_utterance GROUP BY date, agent_name, session_id
    UNION ALL
    SELECT date, agent_name, session_id, 0, count(*), count(*) FILTER (NOT success), 0, 0.0
    FROM scope_tool_calls GROUP BY date, agent_name, session_id
    UNION ALL
    SELECT date, agent_name, session_id, 0, 0, 0, count(*), sum(cost_usd ORDER BY start_time, observation_id)
    FROM scope_model_calls GROUP BY date, agent_name, session_id
)
SELECT date, agent_name, sum(messages) AS message_count, count(DISTINCT session_id) AS session_count,
    sum(calls) AS tool_call_count, sum(errors) AS tool_error_count, sum(generations) AS model_call_count,
    -- In one order, so that the sum is equal to the last bit however often it is made.
    sum(cost ORDER BY session_id) AS cost_usd
FROM acts
GROUP BY date, agent_name
ORDER BY date, agent_name
