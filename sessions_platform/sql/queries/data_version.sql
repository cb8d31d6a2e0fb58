-- Version of the published data.
SELECT value FROM publication_settings WHERE name = 'data_version'
