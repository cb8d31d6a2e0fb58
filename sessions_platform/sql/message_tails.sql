-- Grain: the last utterance of a session before its first affected date: only its next_agent changes.
SELECT p.session_id, p.date,
    p.message_offset + p.last_utterance_index
        - coalesce(len(list_filter(p.dropped, lambda i: i < p.last_utterance_index)), 0) AS message_index,
    p.agent_after AS next_agent
FROM session_pieces AS p JOIN touched AS t USING (session_id)
WHERE p.date < t.changed_from AND p.last_utterance_index IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY p.session_id ORDER BY p.date DESC, p.place DESC) = 1
