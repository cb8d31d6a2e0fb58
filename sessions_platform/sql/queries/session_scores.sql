-- A session's scores.
SELECT * EXCLUDE (session_id) FROM scores WHERE session_id = $session_id ORDER BY timestamp, score_id
