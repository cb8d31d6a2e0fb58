-- Share of a week's sessions that ended in an error or were abandoned, and how many sessions that is out of.
SELECT count(*) FILTER (s.status IN ('error', 'abandoned')) / nullif(count(*), 0) AS value, count(*) AS n
FROM sessions AS s
WHERE s.first_date BETWEEN DATE {first} AND DATE {last}{within}
