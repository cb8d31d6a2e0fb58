-- One row a derived task: sessions begun in the week, how they ended, what they cost.
SELECT g.value AS task, count(*) AS sessions, count(*) FILTER (s.outcome = 'success') AS succeeded,
    count(*) FILTER (s.outcome IN ('success', 'partial', 'failed')) AS judged,
    count(*) FILTER (s.status = 'abandoned') AS abandoned, avg(s.total_turns) AS average_turns,
    sum(s.total_cost_usd) AS cost_usd
FROM sessions AS s JOIN session_segments AS g ON g.session_id = s.session_id AND g.key = 'task'
WHERE s.first_date BETWEEN $first::DATE AND $last::DATE
GROUP BY task ORDER BY sessions DESC, task LIMIT 20
