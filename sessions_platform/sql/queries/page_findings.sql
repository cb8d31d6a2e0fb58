-- Finding: its newest week, and the newest decision on it.
SELECT f.finding_id, f.kind, f.title, f.statement, f.segment, f.code, f.action, f.first_week, f.last_week, w.week, w.status, w.value, w.unit,
    w.n, w.ci_low, w.ci_high, w.detected, w.session_count, d.verdict, d.note
FROM findings AS f
LEFT JOIN (
    SELECT * FROM finding_weeks QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY week DESC) = 1
) AS w USING (finding_id)
LEFT JOIN (
    SELECT * FROM decisions QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY decided_at DESC) = 1
) AS d USING (finding_id)
ORDER BY w.week DESC, f.finding_id
LIMIT 500
