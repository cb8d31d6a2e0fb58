-- Agent over all sessions: utterances, tool calls and model calls, added up from the day mart. Distinct
-- sessions as in tool_statistics.sql.
WITH lasting AS (
    SELECT session_id FROM sessions WHERE first_date < last_date
),
again AS (
    SELECT agent_name, count(*) - count(DISTINCT session_id) AS days
    FROM (
        SELECT agent_name, session_id, date FROM messages SEMI JOIN lasting USING (session_id) WHERE is_utterance
        UNION
        SELECT agent_name, session_id, date FROM tool_calls SEMI JOIN lasting USING (session_id)
        UNION
        SELECT agent_name, session_id, date FROM model_calls SEMI JOIN lasting USING (session_id)
    )
    GROUP BY agent_name
)
SELECT agent_name, sum(message_count)::BIGINT AS message_count,
    (sum(session_count) - coalesce(any_value(again.days), 0))::BIGINT AS session_count,
    sum(tool_call_count)::BIGINT AS tool_call_count, sum(tool_error_count)::BIGINT AS tool_error_count,
    sum(model_call_count)::BIGINT AS model_call_count, sum(cost_usd)::DOUBLE AS cost_usd
FROM agent_activity LEFT JOIN again USING (agent_name)
GROUP BY agent_name
ORDER BY message_count DESC, agent_name
