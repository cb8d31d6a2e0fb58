-- Share of a week's sessions that carry a label, and how many sessions that is out of.
SELECT count(DISTINCT l.session_id) / nullif(count(DISTINCT s.session_id), 0) AS value,
    count(DISTINCT s.session_id) AS n
FROM sessions AS s LEFT JOIN session_labels AS l
    ON l.session_id = s.session_id AND l.week = {week} AND l.label = {label}{carried}
WHERE s.first_date BETWEEN DATE {first} AND DATE {last}{within}
