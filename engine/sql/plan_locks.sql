-- Sessions whose table lock an UPDATE would wait for. No pid: a prepared transaction.
-- $1 table oid
SELECT l.pid, coalesce(a.application_name, ''), l.mode, l.granted,
       extract(epoch FROM clock_timestamp() - a.xact_start)::bigint
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.relation = $1::oid
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  AND l.pid IS DISTINCT FROM pg_backend_pid()
  -- Autovacuum holds its lock for moments and gives it up when somebody waits.
  AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
ORDER BY l.granted DESC, l.pid
