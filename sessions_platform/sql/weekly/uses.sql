-- Session of the week, and a tool, operation, agent or model that it used: how often, how often it failed, what it cost.
WITH week AS (SELECT session_id FROM sessions WHERE first_date BETWEEN $first::DATE AND $last::DATE),
calls AS (SELECT c.* FROM tool_calls AS c SEMI JOIN week USING (session_id)),
models AS (SELECT m.* FROM model_calls AS m SEMI JOIN week USING (session_id)),
spoken AS (
    SELECT m.session_id, m.agent_name, count(*) AS times FROM messages AS m SEMI JOIN week USING (session_id)
    WHERE m.role = 'assistant' GROUP BY ALL
)
SELECT session_id, 'tool' AS key, tool_name AS value, count(*) AS times, count(*) FILTER (NOT success) AS failed,
    0.0::DOUBLE AS cost_usd
FROM calls WHERE tool_name <> '' GROUP BY ALL
UNION ALL
SELECT session_id, 'operation', operation, count(*), count(*) FILTER (NOT success), 0.0 FROM calls WHERE operation <> ''
GROUP BY ALL
UNION ALL
SELECT s.session_id, 'agent', s.agent_name, s.times, 0, coalesce(c.cost_usd, 0.0)
FROM spoken AS s LEFT JOIN (
    SELECT session_id, agent_name, sum(cost_usd) AS cost_usd FROM models GROUP BY ALL
) AS c USING (session_id, agent_name)
WHERE s.agent_name <> ''
UNION ALL
SELECT session_id, 'model', model, count(*), count(*) FILTER (level = 'ERROR'), sum(cost_usd) FROM models
WHERE model <> '' GROUP BY ALL
ORDER BY ALL
