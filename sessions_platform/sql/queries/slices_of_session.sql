-- A session's slices, and what the index has of them.
SELECT s.date, c.uri, c.l0, c.status AS index_status, c.reason AS index_reason
FROM session_slices AS s LEFT JOIN openviking_commits AS c USING (session_id, date)
WHERE s.session_id = $session_id
ORDER BY s.date
