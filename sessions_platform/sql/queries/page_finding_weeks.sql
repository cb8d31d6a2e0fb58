-- Finding and week in which it was looked at: its figure. Oldest first.
SELECT finding_id, week, value, unit, detected FROM finding_weeks ORDER BY finding_id, week
