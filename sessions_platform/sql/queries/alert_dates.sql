-- Dates of one window: how many are published, their cost in USD, and how many, from the first that was ever extracted on, are
-- due and how many of those are missing. Parameters: since, as_of (both included).
WITH due AS (
    SELECT unnest(generate_series(greatest($since::DATE, first), $as_of::DATE, INTERVAL 1 DAY))::DATE AS date
    FROM (SELECT min(date) AS first FROM data_health)
)
SELECT (SELECT count(*) FROM daily_metrics WHERE date BETWEEN $since::DATE AND $as_of::DATE) AS published,
    (SELECT sum(total_cost_usd) FROM daily_metrics WHERE date BETWEEN $since::DATE AND $as_of::DATE) AS cost_usd,
    (SELECT count(*) FROM due) AS due_dates,
    (SELECT count(*) FROM due LEFT JOIN data_health AS h USING (date) WHERE NOT coalesce(h.complete, false)) AS missing_dates
