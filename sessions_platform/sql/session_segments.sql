-- Grain: session, key, value; distinct over the slices of the touched sessions, with the earliest slice's basis.
SELECT session_id, key, value, arg_min(basis, date) AS basis
FROM slice_segments SEMI JOIN touched USING (session_id)
GROUP BY session_id, key, value
ORDER BY session_id, key, value
