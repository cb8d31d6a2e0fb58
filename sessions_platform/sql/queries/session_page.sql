-- One page of the sessions that fit every filter, newest start first, each with `total`, the number that fit, and
-- `at_us`, its start in microseconds since 1970 (sessions without a start come last). A line that ends in `-- if <name>`
-- is kept only where that parameter is given. One row with empty columns where the page is empty.
WITH fits AS MATERIALIZED (
    SELECT session_id, coalesce(epoch_us(start_time), -9223372036854775807) AS at_us
    FROM sessions
    WHERE true
        AND first_date >= $since::DATE -- if since
        AND first_date <= $until::DATE -- if until
        AND status = $status -- if status
        AND outcome = $outcome -- if outcome
        AND user_id = $user_id -- if user_id
        AND session_id IN (SELECT session_id FROM session_segments WHERE list_contains($segments, key || chr(31) || value) GROUP BY session_id HAVING count(DISTINCT key || chr(31) || value) = len($segments)) -- if segments
        AND session_id IN (SELECT session_id FROM tool_calls WHERE tool_name = $tool OR operation = $tool) -- if tool
        AND session_id IN (SELECT session_id FROM messages WHERE agent_name = $agent) -- if agent
        AND (contains(lower(session_id), lower($text)) OR contains(lower(title), lower($text)) OR session_id IN (SELECT session_id FROM messages WHERE contains(lower(preview), lower($text)))) -- if text
),
page AS (
    SELECT session_id, at_us FROM fits
    WHERE true
        AND (at_us < $after_us OR (at_us = $after_us AND session_id > $after_id)) -- if after_us
    ORDER BY at_us DESC, session_id
    LIMIT $limit
)
SELECT (SELECT count(*) FROM fits) AS total, p.at_us, s.*
FROM (SELECT 1) LEFT JOIN page AS p ON true LEFT JOIN sessions AS s ON s.session_id = p.session_id
ORDER BY p.at_us DESC, p.session_id
