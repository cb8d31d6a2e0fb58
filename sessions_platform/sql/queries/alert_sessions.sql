-- Window of dates, the newest (0) ends with `as_of`: sessions that began in it, and a metric over them. What a session
-- counts for the metric is cohort_values, which is put below as `valued`. Parameters: as_of, days (length of a window),
-- kind; and those of cohort_values. A median's interval is by order statistics; `unit_variance` is n times its variance.
WITH valued AS (
$values
),
placed AS (
    SELECT datediff('day', first_date, $as_of::DATE) // $days::INTEGER AS number,
        CASE WHEN weight > 0 THEN value END AS value, weight
    FROM valued
),
summed AS (
    SELECT number, count(*) AS sessions, count(value) AS known, sum(value) AS hits,
        sum(weight) FILTER (value IS NOT NULL) AS out_of,
        list_sort(list(value) FILTER (value IS NOT NULL AND $kind::VARCHAR = 'median')) AS ordered,
        1.959963984540054 * sqrt(count(value)) / 2 AS reach
    FROM placed GROUP BY number
),
bounded AS (
    SELECT *, list_aggregate(ordered, 'median') AS middle,
        ordered[greatest(0, floor(known / 2 - reach))::INTEGER + 1] AS low,
        ordered[least(known - 1, ceil(known / 2 + reach))::INTEGER + 1] AS high
    FROM summed
)
SELECT number, sessions, known, hits, out_of, middle, low, high,
    known * ((high - low) / (2 * 1.959963984540054)) ** 2 AS unit_variance,
    memory.wilson_low(hits, out_of) AS hits_low, memory.wilson_high(hits, out_of) AS hits_high,
    memory.wilson_low(sessions - known, sessions) AS unknown_low,
    memory.wilson_high(sessions - known, sessions) AS unknown_high
FROM bounded ORDER BY number
