-- One published message, as its table has it.
SELECT preview, char_count, role FROM messages
WHERE session_id = $session_id AND message_index = $message_index
