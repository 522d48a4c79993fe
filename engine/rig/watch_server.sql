-- The same before the ledger exists.
SELECT to_regclass('pgfill.range') IS NOT NULL,
       (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) FROM pg_stat_replication)
