-- One row: sessions begun in the week whose last slice the context index has, read back and verified.
SELECT count(*) AS sessions FROM sessions AS s
JOIN openviking_commits AS c ON c.session_id = s.session_id AND c.date = s.last_date
WHERE s.first_date BETWEEN $first::DATE AND $last::DATE AND c.status = 'verified' AND c.l0 <> ''
