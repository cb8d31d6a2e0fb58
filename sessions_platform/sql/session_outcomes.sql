-- Grain: touched session that has one of the outcome scores. The first name that has a score decides, by its newest value.
-- Parameter: outcome_scores, names in order. Labels outside the listed words say nothing: the outcome stays unknown.
WITH newest AS (
    SELECT session_id, name, data_type, value_number, lower(trim(value_text)) AS label
    FROM scores SEMI JOIN touched USING (session_id)
    WHERE list_contains($outcome_scores, name)
    QUALIFY row_number() OVER (
        PARTITION BY session_id
        ORDER BY list_position($outcome_scores, name), timestamp DESC NULLS LAST, updated_at DESC NULLS LAST, score_id
    ) = 1
)
SELECT session_id, 'score:' || name AS basis,
    CASE
        WHEN value_number IS NOT NULL AND coalesce(data_type, '') <> 'CATEGORICAL' THEN
            CASE WHEN value_number >= 1 THEN 'success' WHEN value_number > 0 THEN 'partial' ELSE 'failed' END
        WHEN label IN ('true', 'yes', 'y', 'success', 'successful', 'succeeded', 'pass', 'passed', 'resolved', 'solved',
            'fixed', 'complete', 'completed', 'done', 'correct', 'good', 'positive', 'accepted') THEN 'success'
        WHEN label IN ('partial', 'partially', 'partly', 'mixed', 'incomplete', 'partial success', 'partial_success',
            'partially resolved', 'partially_resolved') THEN 'partial'
        WHEN label IN ('false', 'no', 'n', 'fail', 'failed', 'failure', 'unresolved', 'unsolved', 'unsuccessful',
            'incorrect', 'wrong', 'bad', 'negative', 'rejected', 'error') THEN 'failed'
        ELSE 'unknown'
    END AS outcome
FROM newest
