-- A session's messages in order. The dates let DuckDB skip the other days' row groups.
SELECT * EXCLUDE (session_id)
FROM messages
WHERE session_id = $session_id
    AND date >= (SELECT first_date FROM sessions WHERE session_id = $session_id)
    AND date <= (SELECT last_date FROM sessions WHERE session_id = $session_id)
ORDER BY message_index
