-- One row: the week's sessions (by their first date), and calls and cost by their row's date.
WITH week_sessions AS (SELECT * FROM sessions WHERE first_date BETWEEN $first::DATE AND $last::DATE),
week_calls AS (SELECT * FROM tool_calls WHERE date BETWEEN $first::DATE AND $last::DATE)
SELECT count(*) AS sessions, count(*) FILTER (status = 'completed') AS completed,
    count(*) FILTER (status = 'abandoned') AS abandoned, count(*) FILTER (status = 'error') AS ended_in_error,
    count(*) FILTER (outcome = 'success') AS succeeded,
    count(*) FILTER (outcome IN ('success', 'partial', 'failed')) AS judged,
    memory.wilson_low(count(*) FILTER (outcome = 'success'),
        count(*) FILTER (outcome IN ('success', 'partial', 'failed'))) AS success_low,
    memory.wilson_high(count(*) FILTER (outcome = 'success'),
        count(*) FILTER (outcome IN ('success', 'partial', 'failed'))) AS success_high,
    count(DISTINCT user_id) AS users, avg(total_turns) AS average_turns,
    (SELECT count(*) FROM week_calls) AS tool_calls, (SELECT count(*) FILTER (NOT success) FROM week_calls) AS tool_errors,
    (SELECT sum(cost_usd) FROM model_calls WHERE date BETWEEN $first::DATE AND $last::DATE) AS cost_usd,
    (SELECT count(*) FILTER (NOT cost_known) FROM model_calls WHERE date BETWEEN $first::DATE AND $last::DATE)
        AS model_calls_without_price
FROM week_sessions
