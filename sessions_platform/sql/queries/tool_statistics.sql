-- Tool and operation: calls and durations, of one session or of all.
SELECT tool_name, operation, count(*) AS total_calls, count(*) FILTER (success) AS successful_calls,
    count(*) FILTER (success) / count(*) AS success_rate,
    memory.wilson_low(count(*) FILTER (success), count(*)) AS ci_low,
    memory.wilson_high(count(*) FILTER (success), count(*)) AS ci_high,
    count(duration_ms) AS timed_calls, avg(duration_ms) AS average_ms,
    quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms,
    count(DISTINCT session_id) AS session_count
FROM tool_calls
WHERE $session_id IS NULL OR (session_id = $session_id
    AND date >= (SELECT first_date FROM sessions WHERE session_id = $session_id)
    AND date <= (SELECT last_date FROM sessions WHERE session_id = $session_id))
GROUP BY tool_name, operation
ORDER BY total_calls DESC, tool_name, operation
