-- Sessions of these ids.
SELECT * FROM sessions WHERE session_id IN (SELECT unnest($ids::VARCHAR[]))
