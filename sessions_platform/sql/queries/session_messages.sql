-- A session's messages in order. The dates let DuckDB skip the other days' row groups.
SELECT * EXCLUDE (session_id)
FROM messages
WHERE session_id = $session_id
    AND date >= $low::DATE AND date <= $high::DATE
ORDER BY message_index
