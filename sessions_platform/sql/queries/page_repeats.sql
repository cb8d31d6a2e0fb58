-- Session and run of at least three calls in a row of one tool with the same arguments: how long, and how many failed.
WITH calls AS (
    SELECT session_id, tool_name, agent_name, arguments_preview, call_index, message_index, success,
        hash(tool_name, arguments_preview) AS same
    FROM tool_calls
    WHERE coalesce(arguments_preview, '') <> ''
        AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
),
-- Few sessions make a call three times at all: only those are put in order, which is what takes the time.
often AS (SELECT session_id, same FROM calls GROUP BY session_id, same HAVING count(*) >= 3),
placed AS (
    SELECT *, call_index
        - row_number() OVER (PARTITION BY session_id, tool_name, arguments_preview ORDER BY call_index) AS run
    FROM calls SEMI JOIN often USING (session_id, same)
),
runs AS (
    SELECT session_id, tool_name, arguments_preview, run, any_value(agent_name) AS agent_name, count(*) AS calls,
        count(*) FILTER (NOT success) AS failed, min(message_index) AS message_index
    FROM placed GROUP BY session_id, tool_name, arguments_preview, run HAVING count(*) >= 3
)
SELECT *, count(*) OVER () AS all_runs, count(DISTINCT session_id) OVER () AS all_sessions
FROM runs ORDER BY calls DESC, session_id, message_index LIMIT 30
