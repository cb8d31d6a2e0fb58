-- Pair of agents: interactions between two dates, and their share of what the first one says.
SELECT from_agent, to_agent, sum(interaction_count)::BIGINT AS interaction_count,
    sum(interaction_count) / sum(sum(interaction_count)) OVER (PARTITION BY from_agent) AS share_of_from
FROM interaction_matrix
WHERE ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
GROUP BY from_agent, to_agent
ORDER BY interaction_count DESC, from_agent, to_agent
LIMIT 400
