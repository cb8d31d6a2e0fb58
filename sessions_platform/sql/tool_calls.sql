-- Grain: tool call. From the daily rows of the affected pieces, with the session's offsets as in messages.sql.
SELECT c.session_id, c.date, c.origin, p.call_offset + c.call_index AS call_index,
    CASE WHEN p.continues_turn THEN p.turn_offset - 1 + greatest(c.turn_index, 1)
        ELSE p.turn_offset + c.turn_index END AS turn_index,
    p.message_offset + c.message_index
        - coalesce(len(list_filter(p.dropped, lambda i: i < c.message_index)), 0) AS message_index,
    c.agent_name, c.tool_name, c.operation, c.success, c.success_basis, c.error_type, c.error_message, c.start_time,
    c.duration_ms, c.trace_id, c.observation_id, c.arguments_preview
FROM day_tool_calls AS c
JOIN affected_pieces AS p USING (session_id, date, origin)
