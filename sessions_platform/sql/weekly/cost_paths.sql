-- Agent and model: what their calls of the week cost, in how many sessions, and the same a week over the four weeks before.
SELECT agent_name, model, sum(cost_usd) FILTER (date >= $first::DATE) AS cost_usd,
    coalesce(sum(cost_usd) FILTER (date < $first::DATE), 0) / 4 AS cost_usd_before,
    count(*) FILTER (date >= $first::DATE) AS calls,
    count(*) FILTER (date >= $first::DATE AND NOT cost_known) AS calls_without_price,
    count(DISTINCT session_id) FILTER (date >= $first::DATE) AS sessions,
    sum(input_tokens) FILTER (date >= $first::DATE)::BIGINT AS input_tokens,
    sum(output_tokens) FILTER (date >= $first::DATE)::BIGINT AS output_tokens
FROM model_calls WHERE date BETWEEN $before::DATE AND $last::DATE
GROUP BY agent_name, model HAVING calls > 0 ORDER BY cost_usd DESC, agent_name, model LIMIT 40
