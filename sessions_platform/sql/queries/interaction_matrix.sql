-- Pair of agents: two utterances in a row, of all sessions. Added up from the day mart; distinct sessions as in
-- tool_statistics.sql.
WITH again AS (
    SELECT prev_agent AS from_agent, agent_name AS to_agent, count(*) - count(DISTINCT session_id) AS days
    FROM (
        SELECT DISTINCT prev_agent, agent_name, session_id, date
        FROM messages SEMI JOIN (SELECT session_id FROM sessions WHERE first_date < last_date) USING (session_id)
        WHERE is_utterance AND prev_agent IS NOT NULL
    )
    GROUP BY prev_agent, agent_name
)
SELECT from_agent, to_agent, sum(interaction_count)::BIGINT AS interaction_count,
    (sum(session_count) - coalesce(any_value(again.days), 0))::BIGINT AS session_count
FROM interaction_matrix LEFT JOIN again USING (from_agent, to_agent)
GROUP BY from_agent, to_agent
ORDER BY interaction_count DESC, from_agent, to_agent
