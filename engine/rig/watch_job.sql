-- What the demo looks at a few times a second: rows done by the only job (NULL: not begun), and the lag in bytes of the
-- replica that is furthest behind (NULL: none).
SELECT (SELECT sum(rows_changed) FROM pgfill.range),
       (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) FROM pg_stat_replication)
