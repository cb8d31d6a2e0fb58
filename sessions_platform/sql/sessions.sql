-- Grain: session; the touched ones that have a slice, merged from their slices, pieces and scores.
-- Parameters: newest_end, the end of the newest complete date; idle, how long before it a session is still active.
-- An imported session keeps the status and turns of its database. A judge's outcome would stand between score and rule.
WITH merged AS (
    SELECT session_id,
        min(start_time) AS start_time, max(end_time) AS end_time, max(last_row_time) AS last_row_time,
        min(date) AS first_date, max(date) AS last_date, count(*) AS slice_count, sum(row_count) AS row_count,
        arg_max(end_state, date) FILTER (end_state IS NOT NULL) AS end_state,
        arg_max(end_reason, date) FILTER (end_state IS NOT NULL) AS end_reason,
        sum(model_call_count) AS model_call_count, sum(input_tokens) AS input_tokens,
        sum(output_tokens) AS output_tokens, sum(total_cost_usd ORDER BY date) AS total_cost_usd,
        bool_and(cost_complete) AS cost_complete,
        arg_max(imported_status, date) FILTER (imported_status <> '') AS imported_status,
        max(imported_turns) AS imported_turns,
        arg_min(user_id, date) FILTER (user_id <> '') AS user_id,
        arg_max(environment, date) FILTER (environment <> '') AS environment,
        arg_max(release, date) FILTER (release <> '') AS release,
        arg_max(version, date) FILTER (version <> '') AS version,
        arg_min(title, date) FILTER (title <> '') AS title,
        len(list_distinct(flatten(list(trace_ids)))) AS trace_count
    FROM session_slices SEMI JOIN touched USING (session_id)
    GROUP BY session_id
),
counted AS (
    SELECT session_id, sum(kept_messages) AS message_count, sum(utterance_count) AS utterance_count,
        sum(turns - continues_turn::INTEGER) AS total_turns, sum(tool_call_count) AS tool_call_count,
        sum(tool_error_count) AS tool_error_count, len(list_distinct(flatten(list(agents)))) AS agent_count
    FROM session_pieces
    GROUP BY session_id
)
SELECT m.session_id, m.start_time, m.end_time, m.first_date, m.last_date,
    date_diff('microsecond', m.start_time, m.end_time) / 1e6 AS duration_seconds,
    CASE
        WHEN m.imported_status IS NOT NULL THEN m.imported_status
        WHEN c.utterance_count = 0 THEN 'unknown'
        WHEN m.last_row_time >= $newest_end::TIMESTAMP - $idle::INTERVAL THEN 'active'
        ELSE coalesce(m.end_state, 'completed')
    END AS status,
    m.end_reason,
    CASE WHEN o.outcome IS NOT NULL THEN o.outcome WHEN m.end_state = 'error' THEN 'failed' ELSE 'unknown' END AS outcome,
    CASE WHEN o.outcome IS NOT NULL THEN o.basis WHEN m.end_state = 'error' THEN 'rule:ended_in_error'
        ELSE 'rule:no_evidence' END AS outcome_basis,
    CASE WHEN o.outcome = 'unknown' THEN 0.0 WHEN o.outcome IS NOT NULL THEN 1.0 WHEN m.end_state = 'error' THEN 0.6
        ELSE 0.0 END AS outcome_confidence,
    coalesce(m.imported_turns, c.total_turns) AS total_turns, c.message_count, c.utterance_count, c.tool_call_count, c.tool_error_count, m.model_call_count,
    c.agent_count, m.user_id, m.environment, m.release, m.version, m.trace_count, m.row_count, m.slice_count,
    m.input_tokens, m.output_tokens, m.total_cost_usd, m.cost_complete, m.title
FROM merged AS m
JOIN counted AS c USING (session_id)
LEFT JOIN session_outcomes AS o USING (session_id)
ORDER BY m.first_date, m.session_id
