-- Grain: session to refresh. `changed_from` is its first changed date: rows from there on are made again; empty where
-- only status or outcome can change. Parameters: quiet_since, the earliest last row that can be or have been active;
-- never, true if the newest complete date did not move. $dates is put in as text.
CREATE OR REPLACE TEMP TABLE touched AS
WITH changed AS (
    SELECT session_id, date FROM session_slices WHERE date IN ($dates)
    UNION ALL SELECT session_id, date FROM changed_session_slices
    UNION ALL SELECT session_id, NULL FROM score_versions WHERE date IN ($dates)
    UNION ALL SELECT session_id, NULL FROM changed_scores
    UNION ALL SELECT session_id, NULL FROM session_slices WHERE NOT $never AND last_row_time >= $quiet_since
)
SELECT session_id, min(date)::DATE AS changed_from FROM changed GROUP BY session_id
