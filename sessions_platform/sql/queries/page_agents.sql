-- Agent: sums over the day mart between two dates.
SELECT agent_name, sum(message_count)::BIGINT AS message_count, sum(tool_call_count)::BIGINT AS tool_call_count,
    sum(tool_error_count)::BIGINT AS tool_error_count, sum(model_call_count)::BIGINT AS model_call_count,
    sum(cost_usd)::DOUBLE AS cost_usd,
    sum(message_count) / nullif(sum(sum(message_count)) OVER (), 0) AS message_share,
    sum(cost_usd) / nullif(sum(sum(cost_usd)) OVER (), 0) AS cost_share
FROM agent_activity
WHERE ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
GROUP BY agent_name
ORDER BY message_count DESC, agent_name
LIMIT 100
