-- How many sessions fit every given filter.
SELECT count(*) AS total
FROM sessions AS s
WHERE ($status IS NULL OR status = $status) AND ($outcome IS NULL OR outcome = $outcome)
    AND ($user_id IS NULL OR user_id = $user_id)
    AND ($since IS NULL OR first_date >= $since::DATE) AND ($until IS NULL OR first_date <= $until::DATE)
    AND (len($segments) = 0 OR len($segments) = (
        SELECT count(*) FROM session_segments AS g
        WHERE g.session_id = s.session_id AND list_contains($segments, g.key || chr(31) || g.value)))
