-- Pair of agents: interactions of the week and of the four weeks before, and of each first agent altogether.
WITH pairs AS (
    SELECT from_agent, to_agent, coalesce(sum(interaction_count) FILTER (date >= $first::DATE), 0)::BIGINT AS times,
        coalesce(sum(interaction_count) FILTER (date < $first::DATE), 0)::BIGINT AS times_before
    FROM interaction_matrix WHERE date BETWEEN $before::DATE AND $last::DATE GROUP BY ALL
)
SELECT *, sum(times) OVER (PARTITION BY from_agent)::BIGINT AS of_all,
    sum(times_before) OVER (PARTITION BY from_agent)::BIGINT AS of_all_before
FROM pairs ORDER BY from_agent, to_agent
