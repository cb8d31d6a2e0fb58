-- Sessions of a week as verification sees them: user (the session itself where none is known), whether it failed
-- (empty where nobody judged it), and the strata in which they are compared.
SELECT s.session_id, coalesce(s.user_id, s.session_id) AS user_id,
    CASE s.outcome WHEN 'failed' THEN true WHEN 'partial' THEN true WHEN 'success' THEN false END AS failed,
    coalesce(min(g.value) FILTER (g.key = 'task'), '') AS task,
    coalesce(min(g.value) FILTER (g.key = 'platform'), '') AS platform
FROM sessions AS s
LEFT JOIN session_segments AS g ON g.session_id = s.session_id AND g.key IN ('task', 'platform')
WHERE s.first_date BETWEEN $first::DATE AND $last::DATE
GROUP BY ALL
ORDER BY s.session_id
