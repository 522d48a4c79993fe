-- The timeline that is written, and for each streaming replica how far it is behind in replaying, in bytes; one row
-- without a name when there is none. NULL lag: this role may not see it (pg_monitor).
SELECT t.timeline,
       CASE WHEN r.pid IS NOT NULL THEN coalesce(nullif(r.application_name, ''), host(r.client_addr), 'replica') END,
       pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint
FROM (SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline) AS t
LEFT JOIN pg_stat_replication AS r ON r.state IS DISTINCT FROM 'backup'
