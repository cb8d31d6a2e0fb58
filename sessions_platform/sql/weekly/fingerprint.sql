-- One row a published table object on which a week's report rests (its own dates, and the four weeks that it is compared
-- with), and one a rule by which sessions were judged.
SELECT date::VARCHAR AS date, table_name, sha256 FROM publication
WHERE date BETWEEN $monday::DATE - 28 AND $monday::DATE + 6
    AND table_name IN ('session_slices', 'session_segments', 'messages', 'tool_calls', 'model_calls', 'scores', 'data_health')
UNION ALL
SELECT '', name, value FROM publication_settings WHERE name IN ('idle_hours', 'outcome_scores')
ORDER BY ALL
