-- Grain: GENERATION or EMBEDDING row. Nothing in it depends on the session's other slices: only changed dates are read.
SELECT session_id, date, trace_id, observation_id, type, agent_name, model, start_time, latency_seconds,
    time_to_first_token_seconds, input_tokens, output_tokens, cost_usd, cost_known, level
FROM changed_model_calls
