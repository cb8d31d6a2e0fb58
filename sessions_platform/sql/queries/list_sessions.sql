-- Sessions that fit every given filter, newest start first, after a cursor.
SELECT *
FROM sessions AS s
WHERE ($status IS NULL OR status = $status) AND ($outcome IS NULL OR outcome = $outcome)
    AND ($user_id IS NULL OR user_id = $user_id)
    AND ($since IS NULL OR first_date >= $since::DATE) AND ($until IS NULL OR first_date <= $until::DATE)
    AND (len($segments) = 0 OR len($segments) = (
        SELECT count(*) FROM session_segments AS g
        WHERE g.session_id = s.session_id AND list_contains($segments, g.key || chr(31) || g.value)))
    AND ($after_start IS NULL OR start_time < $after_start::TIMESTAMP
        OR (start_time = $after_start::TIMESTAMP AND session_id > $after_id))
ORDER BY start_time DESC, session_id
LIMIT $limit
