-- Published date: sessions that began, how many completed, and the day's cost.
SELECT date, total_sessions, completed_sessions, total_sessions - completed_sessions AS other_sessions, total_cost_usd,
    tool_call_count
FROM daily_metrics
WHERE ($since IS NULL OR date >= $since::DATE) AND ($until IS NULL OR date <= $until::DATE)
ORDER BY date
