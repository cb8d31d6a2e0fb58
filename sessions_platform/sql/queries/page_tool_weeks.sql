-- Tool and ISO week: calls and success with its interval; of the tools with most failures, or the one asked for.
WITH most AS (
    SELECT tool_name FROM tool_success_rates
    WHERE ($tool IS NULL OR tool_name = $tool) AND ($until IS NULL OR date <= $until::DATE)
    GROUP BY tool_name ORDER BY sum(total_calls - successful_calls) DESC, tool_name LIMIT 6
)
SELECT tool_name, date_trunc('week', date)::DATE::VARCHAR AS week, sum(total_calls)::BIGINT AS total_calls,
    sum(successful_calls)::BIGINT AS successful_calls, sum(successful_calls) / sum(total_calls) AS success_rate,
    memory.wilson_low(sum(successful_calls), sum(total_calls)) AS ci_low,
    memory.wilson_high(sum(successful_calls), sum(total_calls)) AS ci_high
FROM tool_success_rates
WHERE tool_name IN (FROM most) AND ($until IS NULL OR date <= $until::DATE)
    AND ($since IS NULL OR date >= $since::DATE)
GROUP BY ALL
ORDER BY tool_name, week
