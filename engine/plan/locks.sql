-- Sessions whose lock on the table, or on a partition of it, a change of its rows would wait for. No pid: a prepared transaction,
-- named by its gid where an application is.
-- The last column names the partition.
-- $1 table oid
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
)
SELECT l.pid, coalesce(a.application_name, p.gid, ''), l.mode, l.granted,
       extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared))::bigint,
       CASE WHEN l.relation <> $1::oid THEN (SELECT format('%I.%I', n.nspname, c.relname)
                                             FROM pg_catalog.pg_class c
                                             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                             WHERE c.oid = l.relation) END
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  -- One that is prepared has no session; the lock on itself tells which it is.
  LEFT JOIN (pg_catalog.pg_prepared_xacts p JOIN pg_catalog.pg_locks own
               ON own.locktype = 'transactionid' AND own.transactionid = p.transaction AND own.granted)
    ON l.pid IS NULL AND own.pid IS NULL AND own.virtualtransaction = l.virtualtransaction
WHERE l.locktype = 'relation' AND l.relation IN (SELECT oid FROM member)
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
  -- Autovacuum holds its lock for moments and gives it up when somebody waits.
  AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
ORDER BY l.granted DESC, l.pid
