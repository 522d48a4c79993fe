-- The timeline that is written, the position on it in bytes, and for each physical replica: its name (made unique), is
-- it hidden from this role, the position it has replayed (or received, when it replays nothing), is that replayed, and
-- the server's own measure of its lag in seconds. One row without a name when there is none. Left out: base backups
-- with their temporary slots, and consumers of logical slots.
SELECT w.timeline, w.position, r.name, r.state IS NULL, pg_wal_lsn_diff(r.lsn, '0/0')::bigint, r.replay_lsn IS NOT NULL,
       extract(epoch FROM r.replay_lag)
FROM (SELECT substr(pg_walfile_name(c.lsn), 1, 8) AS timeline, pg_wal_lsn_diff(c.lsn, '0/0')::bigint AS position
      FROM (SELECT pg_current_wal_lsn() AS lsn) AS c) AS w
LEFT JOIN (SELECT n.name || CASE WHEN count(*) OVER same > 1 THEN ' ' || row_number() OVER (same ORDER BY s.client_addr, s.client_port, s.pid) ELSE '' END AS name,
                  s.state, s.replay_lsn, coalesce(s.replay_lsn, s.flush_lsn, s.write_lsn) AS lsn, s.replay_lag
           FROM pg_stat_replication AS s
           LEFT JOIN pg_replication_slots AS p ON p.active_pid = s.pid
           CROSS JOIN LATERAL (SELECT coalesce(nullif(s.application_name, ''), host(s.client_addr), 'replica') AS name) AS n
           WHERE s.state IS DISTINCT FROM 'backup' AND NOT coalesce(p.slot_type = 'logical' OR p.temporary, false)
           WINDOW same AS (PARTITION BY n.name)) AS r ON true
