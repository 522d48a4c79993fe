-- Whether a transaction that is no short one holds a lock on a partition or on its parent: a session that asks for an exclusive lock
-- then would make others wait behind it. $1 partition, $2 parent
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'relation' AND l.granted AND l.relation IN ($1::oid, $2::oid) AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND a.xact_start < clock_timestamp() - interval '20 ms') AS held
