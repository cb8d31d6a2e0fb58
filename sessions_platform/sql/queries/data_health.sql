-- Every date that was extracted, oldest first.
SELECT * FROM data_health ORDER BY date
