-- Table of the published file: its comment, and how many rows DuckDB says it has.
SELECT table_name, comment, estimated_size AS row_count FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal ORDER BY table_name
