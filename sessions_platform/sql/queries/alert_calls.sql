-- Window of dates, the newest (0) ends with `as_of`: tool calls on their rows' dates, of all, of one tool, of one agent, or of
-- the sessions with a property. Parameters: as_of, since (first date), days (length of a window); key and value, or NULL.
WITH labelled AS (
    SELECT session_id FROM session_segments WHERE key = $key::VARCHAR AND value = $value::VARCHAR
    UNION
    SELECT session_id FROM sessions
    WHERE ($key::VARCHAR = 'version' AND version = $value::VARCHAR)
        OR ($key::VARCHAR = 'release' AND release = $value::VARCHAR)
        OR ($key::VARCHAR = 'environment' AND environment = $value::VARCHAR)
),
summed AS (
    SELECT datediff('day', date, $as_of::DATE) // $days::INTEGER AS number, count(DISTINCT session_id) AS known,
        count(*) FILTER (success) AS hits, count(*) AS out_of
    FROM tool_calls
    WHERE date BETWEEN $since::DATE AND $as_of::DATE AND CASE
        WHEN $key::VARCHAR IS NULL THEN true
        WHEN $key::VARCHAR = 'tool' THEN tool_name = $value::VARCHAR
        WHEN $key::VARCHAR = 'agent' THEN agent_name = $value::VARCHAR
        ELSE session_id IN (FROM labelled) END
    GROUP BY number
)
SELECT *, memory.wilson_low(hits, out_of) AS hits_low, memory.wilson_high(hits, out_of) AS hits_high
FROM summed ORDER BY number
