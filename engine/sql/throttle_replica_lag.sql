-- How far each streaming replica is behind in replaying, in bytes. NULL lag: this role may not see it (pg_monitor).
SELECT coalesce(nullif(application_name, ''), host(client_addr), 'replica'),
       pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint
FROM pg_stat_replication
WHERE state IS DISTINCT FROM 'backup'
