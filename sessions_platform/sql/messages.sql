-- Grain: message. From the daily rows of the affected pieces: the session's offsets are added, repeated system texts
-- are left out (indices close up), and the utterances at a piece's ends learn their neighbour in the next piece.
SELECT m.session_id, m.date, m.origin,
    p.message_offset + m.message_index
        - coalesce(len(list_filter(p.dropped, lambda i: i < m.message_index)), 0) AS message_index,
    CASE WHEN p.continues_turn THEN p.turn_offset - 1 + greatest(m.turn_index, 1)
        ELSE p.turn_offset + m.turn_index END AS turn_index,
    m.role, m.agent_name,
    CASE WHEN m.is_utterance THEN coalesce(m.next_agent, p.agent_after) END AS next_agent,
    CASE WHEN m.is_utterance THEN coalesce(m.prev_agent, p.agent_before) END AS prev_agent,
    m.is_utterance, m.timestamp, m.trace_id, m.observation_id, m.char_count, m.preview
FROM day_messages AS m
JOIN affected_pieces AS p USING (session_id, date, origin)
WHERE NOT coalesce(list_contains(p.dropped, m.message_index), false)
