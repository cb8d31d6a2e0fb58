-- One row a tool and operation: the week's calls, with the Wilson interval of their success, most failures first.
SELECT tool_name, operation, count(*) AS calls, count(*) FILTER (NOT success) AS failed,
    count(*) FILTER (success) / count(*) AS success_rate,
    memory.wilson_low(count(*) FILTER (success), count(*)) AS ci_low,
    memory.wilson_high(count(*) FILTER (success), count(*)) AS ci_high,
    count(DISTINCT session_id) AS sessions, quantile_cont(duration_ms, 0.5) AS p50_ms
FROM tool_calls WHERE date BETWEEN $first::DATE AND $last::DATE
GROUP BY tool_name, operation ORDER BY failed DESC, calls DESC, tool_name, operation LIMIT 20
