-- Alert rule whose newest event is that it fired: what is firing now, longest first.
SELECT alert, severity, date AS since, metric, segment, value, n, ci_low, ci_high, expected, threshold, message
FROM alerts
QUALIFY row_number() OVER (PARTITION BY alert ORDER BY recorded_at DESC) = 1 AND event = 'fired'
ORDER BY since, alert
