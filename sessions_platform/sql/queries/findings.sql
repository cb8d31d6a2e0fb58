-- Finding and week, newest week first, with what was last decided on the finding. A line that ends in `-- if <name>` is
-- kept only where that parameter is given.
SELECT f.*, w.* EXCLUDE (finding_id), d.verdict AS decision, d.note AS decision_note, d.decided_at
FROM findings AS f JOIN finding_weeks AS w USING (finding_id)
LEFT JOIN (SELECT * FROM decisions QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY decided_at DESC) = 1) AS d
    USING (finding_id)
WHERE true
    AND w.week = $week -- if week
ORDER BY w.week DESC, f.finding_id
