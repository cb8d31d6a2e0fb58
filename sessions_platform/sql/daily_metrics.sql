-- Grain: date. Sessions, turns, status and outcome by a session's first date; calls and cost by their row's date.
WITH begun AS (
    SELECT first_date AS date, count(*) AS total_sessions, count(*) FILTER (status = 'completed') AS completed_sessions,
        count(*) FILTER (outcome = 'success') AS success_sessions,
        count(*) FILTER (outcome IN ('success', 'partial', 'failed')) AS judged_sessions,
        count(*) FILTER (outcome = 'unknown') AS unknown_sessions, avg(total_turns) AS average_turns_per_session
    FROM sessions WHERE first_date IN (SELECT date FROM scope_dates) GROUP BY first_date
),
slices AS (
    SELECT date, count(*) AS active_sessions, count(DISTINCT user_id) AS user_count,
        sum(total_cost_usd ORDER BY session_id) AS total_cost_usd
    FROM session_slices WHERE date IN (SELECT date FROM scope_dates) GROUP BY date
),
said AS (SELECT date, count(*) AS message_count FROM scope_messages GROUP BY date),
called AS (
    SELECT date, sum(total_calls) AS calls, sum(successful_calls) AS successes
    FROM tool_success_rates WHERE date IN (SELECT date FROM scope_dates) GROUP BY date
)
SELECT d.date, coalesce(b.total_sessions, 0) AS total_sessions, coalesce(b.completed_sessions, 0) AS completed_sessions,
    b.completed_sessions / b.total_sessions AS completion_rate, coalesce(b.success_sessions, 0) AS success_sessions,
    coalesce(b.judged_sessions, 0) AS judged_sessions,
    CASE WHEN b.judged_sessions > 0 THEN b.success_sessions / b.judged_sessions END AS success_rate,
    b.unknown_sessions / b.total_sessions AS unknown_share, b.average_turns_per_session,
    coalesce(s.active_sessions, 0) AS active_sessions, coalesce(s.user_count, 0) AS user_count,
    coalesce(m.message_count, 0) AS message_count, coalesce(c.calls, 0) AS tool_call_count,
    c.successes / c.calls AS tool_success_rate, coalesce(s.total_cost_usd, 0.0) AS total_cost_usd
FROM scope_dates AS d
LEFT JOIN begun AS b USING (date)
LEFT JOIN slices AS s USING (date)
LEFT JOIN said AS m USING (date)
LEFT JOIN called AS c USING (date)
ORDER BY d.date
