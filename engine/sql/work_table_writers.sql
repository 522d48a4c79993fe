-- Transactions that have written to a table, or may: they hold a lock on it that a writer takes, and will until they
-- end, prepared ones included. Ours are left out. What they inserted may be invisible still. Oldest first.
-- $1 table oid, $2 how our sessions' names begin, $3 also those that have only locked rows
SELECT l.virtualtransaction, coalesce(l.pid, 0), coalesce(a.application_name, 'a prepared transaction'),
       coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::bigint
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.relation IN (SELECT $1::oid UNION SELECT relid FROM pg_catalog.pg_partition_tree($1::oid::regclass))
  AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock',
                 CASE WHEN $3::bool THEN 'RowShareLock' END)
  AND NOT starts_with(coalesce(a.application_name, ''), $2)
ORDER BY a.xact_start NULLS LAST
