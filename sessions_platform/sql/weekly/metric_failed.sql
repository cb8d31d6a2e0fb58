-- Share of a week's judged sessions that did not succeed, and how many sessions that is out of.
SELECT count(*) FILTER (s.outcome <> 'success') / nullif(count(*), 0) AS value, count(*) AS n
FROM sessions AS s
WHERE s.first_date BETWEEN DATE {first} AND DATE {last} AND s.outcome IN ('success', 'partial', 'failed'){within}
