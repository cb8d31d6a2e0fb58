-- Event of an alert rule that is still to be posted, oldest first.
SELECT alert, date, event, recorded_at, message FROM alerts WHERE delivery = 'waiting' ORDER BY recorded_at, alert
