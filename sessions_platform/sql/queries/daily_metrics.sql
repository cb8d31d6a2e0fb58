-- Days between two dates, both included.
SELECT * FROM daily_metrics
WHERE ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
ORDER BY date
