-- A session's segments.
SELECT key, value, basis FROM session_segments WHERE session_id = $session_id ORDER BY key, value
