-- Tool, or operation of the tool asked for: calls, success with its interval and durations between two dates.
SELECT tool_name, CASE WHEN $tool IS NULL THEN '' ELSE operation END AS operation,
    count(*) AS total_calls, count(*) FILTER (success) AS successful_calls, count(*) FILTER (NOT success) AS failed_calls,
    count(*) FILTER (success) / count(*) AS success_rate,
    memory.wilson_low(count(*) FILTER (success), count(*)) AS ci_low,
    memory.wilson_high(count(*) FILTER (success), count(*)) AS ci_high,
    count(*) FILTER (success_basis = 'default') / count(*) AS assumed_share,
    count(duration_ms) AS timed_calls, quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms,
    approx_count_distinct(session_id) AS session_count
FROM tool_calls
WHERE ($tool IS NULL OR tool_name = $tool)
    AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
GROUP BY ALL
ORDER BY total_calls DESC, tool_name, operation
LIMIT 200
