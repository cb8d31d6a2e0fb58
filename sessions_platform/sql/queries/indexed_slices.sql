-- Slices in the index: those of these directories, and all of these sessions.
SELECT session_id, date, uri, l0, status, reason
FROM openviking_commits
WHERE uri IN (SELECT unnest($uris::VARCHAR[])) OR session_id IN (SELECT unnest($ids::VARCHAR[]))
ORDER BY date, session_id
