-- Up to three ids that may have been meant: beginnings first, then parts, then what is written alike.
SELECT session_id
FROM sessions
WHERE contains(lower(session_id), lower($given)) OR jaro_winkler_similarity(lower(session_id), lower($given)) >= 0.85
ORDER BY starts_with(lower(session_id), lower($given)) DESC, contains(lower(session_id), lower($given)) DESC,
    jaro_winkler_similarity(lower(session_id), lower($given)) DESC, session_id
LIMIT 3
