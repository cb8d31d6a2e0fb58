-- One row a date of the week that was extracted.
SELECT date, complete, source_rows, raw_rows, staged_sessions, loaded_sessions, late_sessions, redactions
FROM data_health WHERE date BETWEEN $first::DATE AND $last::DATE ORDER BY date
