-- Week: how many findings its analysis made, and how many of each status that asks for attention.
SELECT week, count(*) FILTER (detected) AS found, count(*) FILTER (status = 'new') AS new,
    count(*) FILTER (status = 'regressed') AS regressed, count(*) FILTER (status = 'resolved') AS resolved
FROM finding_weeks GROUP BY week ORDER BY week
