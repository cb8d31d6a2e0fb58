-- Totals over all sessions; every rate with its n.
SELECT count(*) AS total_sessions, count(*) FILTER (status = 'completed') AS completed_sessions,
    CASE WHEN count(*) > 0 THEN count(*) FILTER (status = 'completed') / count(*) END AS completion_rate,
    memory.wilson_low(count(*) FILTER (status = 'completed'), count(*)) AS completion_ci_low,
    memory.wilson_high(count(*) FILTER (status = 'completed'), count(*)) AS completion_ci_high,
    count(*) FILTER (outcome = 'success') AS success_sessions,
    count(*) FILTER (outcome IN ('success', 'partial', 'failed')) AS judged_sessions,
    CASE WHEN count(*) FILTER (outcome IN ('success', 'partial', 'failed')) > 0 THEN
        count(*) FILTER (outcome = 'success') / count(*) FILTER (outcome IN ('success', 'partial', 'failed'))
    END AS success_rate,
    memory.wilson_low(count(*) FILTER (outcome = 'success'), count(*) FILTER (outcome IN ('success', 'partial', 'failed')))
        AS success_ci_low,
    memory.wilson_high(count(*) FILTER (outcome = 'success'), count(*) FILTER (outcome IN ('success', 'partial', 'failed')))
        AS success_ci_high,
    CASE WHEN count(*) > 0 THEN count(*) FILTER (outcome = 'unknown') / count(*) END AS unknown_share,
    avg(total_turns) AS average_turns_per_session, avg(message_count) AS average_messages_per_session,
    coalesce(sum(message_count), 0)::BIGINT AS total_messages, coalesce(sum(tool_call_count), 0)::BIGINT AS total_tool_calls,
    coalesce(sum(tool_error_count), 0)::BIGINT AS total_tool_errors,
    CASE WHEN sum(tool_call_count) > 0 THEN 1 - sum(tool_error_count) / sum(tool_call_count) END AS tool_success_rate,
    memory.wilson_low(sum(tool_call_count) - sum(tool_error_count), sum(tool_call_count)) AS tool_success_ci_low,
    memory.wilson_high(sum(tool_call_count) - sum(tool_error_count), sum(tool_call_count)) AS tool_success_ci_high,
    coalesce(sum(total_cost_usd), 0)::DOUBLE AS total_cost_usd, coalesce(bool_and(cost_complete), true) AS cost_complete,
    min(first_date) AS first_date, max(last_date) AS last_date
FROM sessions
