-- Sessions that fit every given filter, newest start first, after a cursor; each with `total`, the number that fit. Dates
-- bound first_date; where a tool or agent is asked for, the calls and messages themselves.
WITH fitting AS MATERIALIZED (
    SELECT session_id, start_time
    FROM sessions AS s
    WHERE ($status IS NULL OR status = $status) AND ($outcome IS NULL OR outcome = $outcome)
        AND ($user_id IS NULL OR user_id = $user_id)
        AND (($tool IS NOT NULL OR $agent IS NOT NULL OR $to_agent IS NOT NULL)
            OR (($since IS NULL OR first_date >= $since::DATE) AND ($until IS NULL OR first_date <= $until::DATE)))
        AND (len($segments) = 0 OR len($segments) = (
            SELECT count(*) FROM session_segments AS g
            WHERE g.session_id = s.session_id AND list_contains($segments, g.key || chr(31) || g.value)))
        AND ($tool IS NULL OR session_id IN (
            SELECT session_id FROM tool_calls
            WHERE tool_name = $tool AND ($operation IS NULL OR operation = $operation) AND (NOT $failed OR NOT success)
                AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
                AND ($error IS NULL OR $error = left(trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            coalesce(nullif(error_message, ''), error_type, '(no message)'),
            '"[^"]*"|''[^'']*''|`[^`]*`', '“…”', 'g'), '<([a-z_]+):[^>]*>', '<\1>', 'g'),
            '\b[0-9a-fA-F]{4,}(-[0-9a-fA-F]{4,})+\b|\b[0-9a-f]*[0-9][0-9a-f]*[a-f][0-9a-f]{4,}\b', '#', 'g'),
            '[0-9]+', '#', 'g'), '\s+', ' ', 'g')), 200))))
        AND ($agent IS NULL OR session_id IN (
            SELECT session_id FROM messages
            WHERE agent_name = $agent AND is_utterance
                AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)))
        AND ($to_agent IS NULL OR session_id IN (
            SELECT session_id FROM messages
            WHERE is_utterance AND CASE WHEN $to_agent = '(end)' THEN agent_name = $from_agent AND next_agent IS NULL
                    ELSE agent_name = $to_agent AND coalesce(prev_agent, '(start)') = $from_agent END
                AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)))
),
page AS (
    SELECT session_id
    FROM fitting
    WHERE $after_start IS NULL OR start_time < $after_start::TIMESTAMP
        OR (start_time = $after_start::TIMESTAMP AND session_id > $after_id)
    ORDER BY start_time DESC, session_id
    LIMIT $limit
)
SELECT s.*, (SELECT count(*) FROM fitting) AS total
FROM sessions AS s JOIN page USING (session_id)
ORDER BY start_time DESC, session_id
