-- Grain: date, from_agent, to_agent. An interaction is two utterances in a row; it belongs to the date of the second.
SELECT date, prev_agent AS from_agent, agent_name AS to_agent, count(*) AS interaction_count,
    count(DISTINCT session_id) AS session_count
FROM scope_messages
WHERE is_utterance AND prev_agent IS NOT NULL
GROUP BY date, prev_agent, agent_name
ORDER BY date, from_agent, to_agent
