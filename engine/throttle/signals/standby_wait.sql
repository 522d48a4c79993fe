-- Our sessions whose COMMIT waits for a synchronous standby, for how long, what the server demands and who is there.
-- $1 how our sessions' names begin
SELECT count(*), coalesce(extract(epoch FROM max(clock_timestamp() - a.state_change)) * 1000, 0)::bigint,
       current_setting('synchronous_standby_names'),
       coalesce((SELECT string_agg(coalesce(nullif(r.application_name, ''), r.client_addr::text), ', ')
                 FROM pg_catalog.pg_stat_replication r), 'none')
FROM pg_catalog.pg_stat_activity a
WHERE a.wait_event = 'SyncRep' AND starts_with(a.application_name, $1)
