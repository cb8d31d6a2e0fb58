-- Statuses that sessions have: those of the contract, and imported ones.
SELECT DISTINCT status FROM sessions ORDER BY status
