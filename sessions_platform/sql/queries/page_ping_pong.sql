-- Pair of agents that hand the word back and forth at least twice (A, B, A, B in a row): how often, in how many sessions.
WITH said AS (
    SELECT session_id, message_index, agent_name AS fourth, lag(agent_name, 1) OVER w AS third,
        lag(agent_name, 2) OVER w AS second, lag(agent_name, 3) OVER w AS first
    FROM messages
    WHERE is_utterance AND agent_name <> 'user'
        AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
    WINDOW w AS (PARTITION BY session_id ORDER BY message_index)
)
SELECT least(first, second) AS agent_a, greatest(first, second) AS agent_b, count(*) AS times,
    count(DISTINCT session_id) AS session_count, min_by(session_id, session_id) AS example_session,
    min_by(message_index, session_id) AS example_message
FROM said WHERE first = third AND second = fourth AND first <> second
GROUP BY ALL ORDER BY times DESC, agent_a, agent_b LIMIT 30
