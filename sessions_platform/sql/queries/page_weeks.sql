-- ISO week (its Monday): sessions by their first date, calls and cost by their own; `days` published of seven.
WITH days AS (
    SELECT date_trunc('week', date)::DATE AS week, count(*) AS days, sum(total_cost_usd)::DOUBLE AS cost_usd
    FROM daily_metrics GROUP BY week
),
began AS (
    SELECT date_trunc('week', first_date)::DATE AS week, count(*) AS sessions,
        count(*) FILTER (status = 'completed') AS completed, count(*) FILTER (outcome = 'success') AS succeeded,
        count(*) FILTER (outcome IN ('success', 'partial', 'failed')) AS judged,
        avg(total_turns) AS turns, coalesce(var_samp(total_turns), 0) AS turns_variance,
        count(*) FILTER (cost_complete) AS priced, avg(total_cost_usd) FILTER (cost_complete) AS session_cost,
        coalesce(var_samp(total_cost_usd) FILTER (cost_complete), 0) AS session_cost_variance,
        count(*) FILTER (tool_call_count > 0) AS calling_sessions
    FROM sessions GROUP BY week
),
calls AS (
    SELECT date_trunc('week', date)::DATE AS week, sum(total_calls)::BIGINT AS calls,
        sum(successful_calls)::BIGINT AS successful_calls
    FROM tool_success_rates GROUP BY week
)
SELECT week::VARCHAR AS week, days, coalesce(sessions, 0) AS sessions, coalesce(completed, 0) AS completed,
    coalesce(succeeded, 0) AS succeeded, coalesce(judged, 0) AS judged, turns, turns_variance, coalesce(priced, 0) AS priced,
    session_cost, session_cost_variance, coalesce(calling_sessions, 0) AS calling_sessions, coalesce(calls, 0) AS calls,
    coalesce(successful_calls, 0) AS successful_calls, cost_usd,
    memory.wilson_low(completed, sessions) AS completed_low, memory.wilson_high(completed, sessions) AS completed_high,
    memory.wilson_low(succeeded, judged) AS succeeded_low, memory.wilson_high(succeeded, judged) AS succeeded_high,
    memory.wilson_low(successful_calls, calls) AS calls_low, memory.wilson_high(successful_calls, calls) AS calls_high
FROM days LEFT JOIN began USING (week) LEFT JOIN calls USING (week)
ORDER BY week
