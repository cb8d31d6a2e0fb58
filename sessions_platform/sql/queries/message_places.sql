-- A slice's messages as published, in order: by these a staged message finds its index in the session.
SELECT message_index, observation_id, role, char_count
FROM messages
WHERE session_id = $session_id AND date = $date::DATE AND origin = $origin
ORDER BY message_index
