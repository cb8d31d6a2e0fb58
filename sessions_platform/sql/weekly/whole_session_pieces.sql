-- Grain: slice of a session that began in the week, with what is published of its messages, by origin. By these a staged
-- slice is held against the tables without a row of them being read. Order: session, date.
WITH week_sessions AS (
    SELECT session_id FROM sessions WHERE first_date BETWEEN $first::DATE AND $last::DATE
),
pieces AS (
    SELECT session_id, date,
        count(*) FILTER (origin = 'row') AS row_count,
        min(message_index) FILTER (origin = 'row') AS row_first,
        sum(char_count) FILTER (origin = 'row') AS row_characters,
        list(turn_index ORDER BY message_index) FILTER (origin = 'row') AS row_turns,
        count(*) FILTER (origin = 'history') AS history_count,
        min(message_index) FILTER (origin = 'history') AS history_first,
        sum(char_count) FILTER (origin = 'history') AS history_characters,
        list(turn_index ORDER BY message_index) FILTER (origin = 'history') AS history_turns
    FROM messages SEMI JOIN week_sessions USING (session_id)
    GROUP BY session_id, date
)
SELECT s.session_id, s.date,
    coalesce(p.row_count, 0) AS row_count, p.row_first, p.row_characters, p.row_turns,
    coalesce(p.history_count, 0) AS history_count, p.history_first, p.history_characters, p.history_turns
FROM session_slices AS s SEMI JOIN week_sessions USING (session_id)
LEFT JOIN pieces AS p USING (session_id, date)
ORDER BY s.session_id, s.date
