-- Transactions that have written to a table, or may: they hold a lock on it that a writer takes, and will until they
-- end, prepared ones included. Ours are left out. What they inserted may be invisible still. Oldest first.
-- $1 table oid, $2 how our sessions' names begin, $3 also those that have only locked rows
SELECT l.virtualtransaction, coalesce(l.pid, 0), coalesce(a.application_name, p.gid, ''),
       coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)), 0)::bigint
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
-- One that is prepared has no session; the lock on itself tells which it is.
LEFT JOIN (pg_catalog.pg_prepared_xacts p JOIN pg_catalog.pg_locks own
             ON own.locktype = 'transactionid' AND own.transactionid = p.transaction AND own.granted)
  ON l.pid IS NULL AND own.pid IS NULL AND own.virtualtransaction = l.virtualtransaction
WHERE l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.relation IN (SELECT $1::oid UNION SELECT relid FROM pg_catalog.pg_partition_tree($1::oid::regclass))
  AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock',
                 CASE WHEN $3::bool THEN 'RowShareLock' END,
                 -- Attaches a partition, whose rows are others' to see when it commits.
                 CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = l.relation AND relkind = 'p')
                      THEN 'ShareUpdateExclusiveLock' END)
  AND NOT starts_with(coalesce(a.application_name, ''), $2)
ORDER BY coalesce(a.xact_start, p.prepared) NULLS LAST
