-- Tool: after a failed call, the session's next call of the same tool - whether there was one, the same again, and its success.
WITH calls AS (
    SELECT tool_name, success, arguments_preview,
        lead(success) OVER next_call AS next_success, lead(arguments_preview) OVER next_call AS next_arguments
    FROM tool_calls
    WHERE ($tool IS NULL OR tool_name = $tool)
        AND ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
    WINDOW next_call AS (PARTITION BY session_id, tool_name ORDER BY call_index)
)
SELECT tool_name, count(*) AS failures, count(next_success) AS retried,
    count(*) FILTER (next_success IS NOT NULL AND next_arguments = arguments_preview) AS same_again,
    count(*) FILTER (next_success) AS recovered,
    CASE WHEN count(next_success) > 0 THEN count(*) FILTER (next_success) / count(next_success) END AS recovery_rate,
    memory.wilson_low(count(*) FILTER (next_success), count(next_success)) AS ci_low,
    memory.wilson_high(count(*) FILTER (next_success), count(next_success)) AS ci_high
FROM calls WHERE NOT success
GROUP BY tool_name
ORDER BY failures DESC, tool_name
LIMIT 30
