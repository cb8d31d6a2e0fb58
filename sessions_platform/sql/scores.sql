-- Grain: score; the newest version of each among the touched sessions.
SELECT session_id, score_id, trace_id, observation_id, name, data_type, value_number, value_text, source, timestamp,
    updated_at, comment
FROM score_versions SEMI JOIN touched USING (session_id)
QUALIFY row_number() OVER (PARTITION BY session_id, score_id ORDER BY updated_at DESC NULLS LAST, date DESC) = 1
ORDER BY session_id, timestamp, score_id
