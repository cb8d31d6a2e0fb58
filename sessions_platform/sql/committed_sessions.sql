-- Brings data_health up to what the ledgers of some dates say: sessions verified in OpenViking.
UPDATE data_health SET committed_sessions = (
    SELECT count(*) FROM openviking_commits AS c WHERE c.date = data_health.date AND c.status = 'verified'
) WHERE list_contains(?, date)
