-- Tool and operation: calls and durations, of one session (its dates are low to high), of each of several, or of all.
-- A line that ends in `-- if <name>` is kept only where that parameter is given (`all`: no ids are), and $ids and $dates
-- are replaced by lists: what is known when the statement is planned lets DuckDB skip row groups. Of all, sessions are
-- told apart by 64-bit hashes, in a quarter of the time (two of 200,000 ids have the same: one chance in a billion).
WITH sums AS (
    SELECT
        session_id, -- if ids
        tool_name, operation, count(*) AS total_calls, count(*) FILTER (success) AS successful_calls,
        count(duration_ms) AS timed_calls, avg(duration_ms) AS average_ms,
        count(DISTINCT hash(session_id)) AS session_count, -- if all
        quantile_cont(duration_ms, [0.5, 0.95]) AS spread
    FROM tool_calls
    WHERE true
        AND session_id = $session_id AND date >= $low::DATE AND date <= $high::DATE -- if session_id
        AND session_id IN ($ids) AND date IN ($dates) -- if ids
    GROUP BY ALL
)
SELECT
    session_id, -- if ids
    tool_name, operation, total_calls, successful_calls, successful_calls / total_calls AS success_rate,
    memory.wilson_low(successful_calls, total_calls) AS ci_low,
    memory.wilson_high(successful_calls, total_calls) AS ci_high,
    session_count, -- if all
    1 AS session_count, -- if session_id
    1 AS session_count, -- if ids
    timed_calls, average_ms, spread[1] AS p50_ms, spread[2] AS p95_ms
FROM sums
ORDER BY total_calls DESC, tool_name, operation
