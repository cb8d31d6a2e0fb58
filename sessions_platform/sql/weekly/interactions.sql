-- One row a pair of agents: utterances in a row, by the date of the second.
SELECT from_agent, to_agent, sum(interaction_count)::BIGINT AS times
FROM interaction_matrix WHERE date BETWEEN $first::DATE AND $last::DATE
GROUP BY from_agent, to_agent ORDER BY times DESC, from_agent, to_agent LIMIT 100
