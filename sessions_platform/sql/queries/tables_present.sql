-- Tables of the published file.
SELECT table_name FROM information_schema.tables WHERE table_catalog = 'published' ORDER BY table_name
