-- Extracted date, newest first: counts at every stage. Parameter: limit.
SELECT *, coalesce(date IN (SELECT date FROM daily_metrics), false) AS published
FROM data_health ORDER BY date DESC LIMIT $limit
