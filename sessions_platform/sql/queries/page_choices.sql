-- Value to filter and compare by: key, value and sessions (of tools and agents, by day); of each key the 30 most common.
WITH counted AS (
    SELECT key, value, count(*) AS times FROM session_segments GROUP BY key, value
    UNION ALL SELECT 'tool', tool_name, sum(session_count)::BIGINT FROM tool_success_rates GROUP BY tool_name
    UNION ALL SELECT 'agent', agent_name, sum(session_count)::BIGINT FROM agent_activity GROUP BY agent_name
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY key ORDER BY times DESC, value) AS place FROM counted
)
SELECT key, value, times FROM ranked WHERE place <= 30 ORDER BY key, times DESC, value
