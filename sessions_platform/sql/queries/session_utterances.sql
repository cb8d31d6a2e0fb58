-- A session's utterances, each with who spoke before. Its dates are low to high: with a filter for one session and its
-- dates DuckDB reads the few rows that fit; a list of sessions makes it read whole row groups.
SELECT agent_name, prev_agent
FROM messages
WHERE is_utterance AND session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE
