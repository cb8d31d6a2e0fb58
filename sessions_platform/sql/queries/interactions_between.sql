-- Pair of agents: two utterances in a row, on the dates between two (both included, NULL for open), and on how many
-- dates. Counted from the day mart; distinct sessions do not add up over days and are not told.
SELECT from_agent, to_agent, sum(interaction_count)::BIGINT AS interaction_count, count(DISTINCT date) AS day_count
FROM interaction_matrix
WHERE ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
GROUP BY from_agent, to_agent
ORDER BY interaction_count DESC, from_agent, to_agent
