-- Tool: uses and success rate over all dates, most uses first.
SELECT tool_name, sum(successful_calls) / sum(total_calls) AS success_rate, sum(total_calls)::BIGINT AS total_uses,
    memory.wilson_low(sum(successful_calls), sum(total_calls)) AS ci_low,
    memory.wilson_high(sum(successful_calls), sum(total_calls)) AS ci_high
FROM tool_success_rates
GROUP BY tool_name
ORDER BY total_uses DESC, tool_name
