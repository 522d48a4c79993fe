-- Sessions of others that hold or wait for a lock of these modes on the table or a partition of it: who, the mode, is it
-- granted, and how long it has waited in seconds (NULL on servers before version 14, and for granted locks).
-- $1 OID of the table, $2 how our sessions' names begin, $3 the modes
SELECT l.pid, coalesce(nullif(a.application_name, ''), a.backend_type, 'unnamed'), l.mode, l.granted,
       extract(epoch FROM clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz)
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.mode = ANY ($3::text[])
  AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
  AND (l.relation = $1::oid OR l.relation IN (SELECT t.relid FROM pg_partition_tree($1::oid) AS t))
  AND NOT starts_with(coalesce(a.application_name, ''), $2)
ORDER BY l.pid
