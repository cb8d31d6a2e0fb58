-- Grain: date, tool_name, operation. Wilson 95 % interval (z = 1.959964); percentiles over calls with a known duration.
WITH counted AS (
    SELECT date, tool_name, operation, count(*) AS n, count(*) FILTER (success) AS k,
        count(duration_ms) AS timed_calls, quantile_cont(duration_ms, 0.5) AS p50_ms,
        quantile_cont(duration_ms, 0.95) AS p95_ms, count(DISTINCT session_id) AS session_count
    FROM scope_tool_calls
    GROUP BY date, tool_name, operation
)
SELECT date, tool_name, operation, n AS total_calls, k AS successful_calls, k / n AS success_rate,
    wilson_low(k, n) AS ci_low, wilson_high(k, n) AS ci_high, timed_calls, p50_ms, p95_ms, session_count
FROM counted
ORDER BY date, tool_name, operation
