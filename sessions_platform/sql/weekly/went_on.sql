-- One row: the week's sessions with where they stand, which changes as they go on or are judged after the week's end.
SELECT count(*) AS sessions,
    md5(string_agg(concat_ws('|', session_id, last_date, status, outcome, message_count, round(total_cost_usd, 6)), chr(10)
        ORDER BY session_id)) AS stand
FROM sessions
WHERE first_date BETWEEN $first::DATE AND $last::DATE
