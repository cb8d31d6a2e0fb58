-- Key by which sessions can be compared: how many values and sessions it has, and whether no session has two values (single).
SELECT key, count(DISTINCT value) AS value_count, count(DISTINCT session_id) AS session_count,
    count(*) = count(DISTINCT session_id) AS single
FROM session_segments
GROUP BY key
ORDER BY key
