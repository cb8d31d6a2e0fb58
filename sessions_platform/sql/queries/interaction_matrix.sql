-- Pair of agents: two utterances in a row, of one session or of all.
SELECT prev_agent AS from_agent, agent_name AS to_agent, count(*) AS interaction_count,
    count(DISTINCT session_id) AS session_count
FROM messages
WHERE is_utterance AND prev_agent IS NOT NULL AND ($session_id IS NULL OR (session_id = $session_id
    AND date >= (SELECT first_date FROM sessions WHERE session_id = $session_id)
    AND date <= (SELECT last_date FROM sessions WHERE session_id = $session_id)))
GROUP BY prev_agent, agent_name
ORDER BY interaction_count DESC, from_agent, to_agent
