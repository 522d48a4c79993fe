-- Each replication slot that holds WAL back: its name, is it in use, how many bytes, how many more may be written before
-- it is given up, and how many it may hold back in all (NULL: without end).
SELECT p.slot_name, p.active, greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), p.restart_lsn), 0)::bigint,
       greatest(p.safe_wal_size, 0),
       CASE WHEN current_setting('max_slot_wal_keep_size') <> '-1'
            THEN pg_size_bytes(current_setting('max_slot_wal_keep_size')) END
FROM pg_replication_slots AS p
WHERE p.restart_lsn IS NOT NULL
