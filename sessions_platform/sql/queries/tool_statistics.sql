-- Tool and operation over all sessions: calls, success with its interval, durations; most calls first.
-- Distinct sessions are those of the days, less the days on which a session of several days came again: to tell five
-- million calls apart by session takes seconds, and few sessions have several days.
WITH days AS (
    SELECT tool_name, operation, sum(total_calls)::BIGINT AS total_calls,
        sum(successful_calls)::BIGINT AS successful_calls, sum(timed_calls)::BIGINT AS timed_calls,
        sum(session_count)::BIGINT AS session_count
    FROM tool_success_rates
    GROUP BY tool_name, operation
),
again AS (
    SELECT tool_name, operation, count(*) - count(DISTINCT session_id) AS days
    FROM (
        SELECT DISTINCT tool_name, operation, session_id, date
        FROM tool_calls SEMI JOIN (SELECT session_id FROM sessions WHERE first_date < last_date) USING (session_id)
    )
    GROUP BY tool_name, operation
),
durations AS (
    SELECT tool_name, operation, avg(duration_ms) AS average_ms, quantile_cont(duration_ms, [0.5, 0.95]) AS spread
    FROM tool_calls
    GROUP BY tool_name, operation
)
SELECT tool_name, operation, total_calls, successful_calls, successful_calls / total_calls AS success_rate,
    memory.wilson_low(successful_calls, total_calls) AS ci_low,
    memory.wilson_high(successful_calls, total_calls) AS ci_high,
    session_count - coalesce(again.days, 0) AS session_count, timed_calls, average_ms, spread[1] AS p50_ms,
    spread[2] AS p95_ms
FROM days JOIN durations USING (tool_name, operation) LEFT JOIN again USING (tool_name, operation)
ORDER BY total_calls DESC, tool_name, operation
