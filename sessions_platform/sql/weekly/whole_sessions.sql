-- Grain: session that began in the week, with its segments and what the index has of its last slice. Order: id.
WITH named AS (
    SELECT session_id, list({key: key, value: value} ORDER BY key, value) AS segments
    FROM session_segments
    GROUP BY session_id
),
indexed AS (
    SELECT session_id, date, l0 FROM openviking_commits WHERE status = 'verified' AND l0 <> ''
)
SELECT s.session_id, coalesce(s.user_id, s.session_id) AS user, s.outcome, s.status, s.total_turns AS turns,
    s.tool_call_count AS calls, s.tool_error_count AS failed_calls, s.message_count AS messages,
    s.total_cost_usd AS cost_usd, s.cost_complete, s.input_tokens, s.title, s.duration_seconds, n.segments,
    i.l0 AS abstract
FROM sessions AS s
LEFT JOIN named AS n USING (session_id)
LEFT JOIN indexed AS i ON i.session_id = s.session_id AND i.date = s.last_date
WHERE s.first_date BETWEEN $first::DATE AND $last::DATE
ORDER BY s.session_id
