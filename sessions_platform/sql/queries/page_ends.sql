-- Agent: how often it opens a session's conversation, and how often nobody speaks after it.
SELECT agent_name, count(*) FILTER (prev_agent IS NULL) AS opened, count(*) FILTER (next_agent IS NULL) AS ended
FROM messages
WHERE is_utterance AND (prev_agent IS NULL OR next_agent IS NULL)
    AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
GROUP BY agent_name
ORDER BY agent_name
