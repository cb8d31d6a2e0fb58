-- Sessions whose previews or errors hold a string, the newest first; of each its newest date's first place.
WITH texts AS (
    SELECT session_id, date, message_index, agent_name, 'text' AS found_in, preview AS text FROM messages
    UNION ALL
    SELECT session_id, date, message_index, agent_name, 'error', error_message FROM tool_calls
    UNION ALL
    SELECT session_id, date, message_index, agent_name, 'arguments', arguments_preview FROM tool_calls
)
SELECT session_id, date, message_index, agent_name, found_in, text
FROM texts
WHERE contains(lower(text), lower($text))
    AND ($first IS NULL OR date >= $first::DATE) AND ($last IS NULL OR date <= $last::DATE)
QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY date DESC, message_index, found_in) = 1
ORDER BY date DESC, session_id
LIMIT $limit
