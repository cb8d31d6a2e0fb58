-- Grain: one row per counted run of messages (piece) of a touched session: a slice's rows, and the history of the
-- session's first slice. Gives what each piece adds to the indices of those after it, from the slices' sums alone.
-- Parameter: with_history, whether a first slice's history counts (it does not in the marts of a date alone).
WITH slices AS (
    SELECT s.*, row_number() OVER (PARTITION BY s.session_id ORDER BY s.date) = 1 AS is_first
    FROM session_slices AS s SEMI JOIN touched USING (session_id)
),
pieces AS (
    SELECT session_id, date, 'row' AS origin, 1 AS place, message_count, utterance_count, turns, tool_call_count,
        tool_error_count, starts_turn, ends_in_turn, first_agent, last_agent, last_utterance_index, agents,
        system_hashes, system_indices
    FROM slices
    UNION ALL
    SELECT session_id, date, 'history', 0, history_message_count, history_utterance_count, history_turns,
        history_tool_call_count, history_tool_error_count, history_starts_turn, history_ends_in_turn,
        history_first_agent, history_last_agent, history_last_utterance_index, history_agents,
        history_system_hashes, history_system_indices
    FROM slices
    WHERE is_first AND $with_history
),
systems AS (
    SELECT session_id, date, place, unnest(system_hashes) AS hash, unnest(system_indices) AS message_index FROM pieces
),
repeats AS (
    -- A system text counts once per session.
    SELECT session_id, date, place, message_index
    FROM systems
    QUALIFY row_number() OVER (PARTITION BY session_id, hash ORDER BY date, place, message_index) > 1
),
dropped AS (
    SELECT session_id, date, place, list(message_index) AS dropped FROM repeats GROUP BY session_id, date, place
),
joined AS (
    SELECT p.*, d.dropped, p.message_count - coalesce(len(d.dropped), 0) AS kept_messages,
        -- A run of user messages that goes on from the piece before is one turn, though both count it.
        p.starts_turn AND coalesce(last_value(p.ends_in_turn IGNORE NULLS) OVER before, false) AS continues_turn
    FROM pieces AS p LEFT JOIN dropped AS d USING (session_id, date, place)
    WINDOW before AS (PARTITION BY p.session_id ORDER BY p.date, p.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT *,
    coalesce(sum(kept_messages) OVER before, 0)::INTEGER AS message_offset,
    coalesce(sum(turns - continues_turn::INTEGER) OVER before, 0)::INTEGER AS turn_offset,
    coalesce(sum(tool_call_count) OVER before, 0)::INTEGER AS call_offset,
    last_value(last_agent IGNORE NULLS) OVER before AS agent_before,
    first_value(first_agent IGNORE NULLS) OVER after AS agent_after
FROM joined
WINDOW
    before AS (PARTITION BY session_id ORDER BY date, place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    after AS (PARTITION BY session_id ORDER BY date, place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
