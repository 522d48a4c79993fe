-- The longest open transactions of this database, prepared ones included (they have no pid). The age is NULL for
-- sessions whose activity this role may not see.
SELECT pid, application_name, state, extract(epoch FROM pg_catalog.clock_timestamp() - xact_start)::bigint AS age
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database() AND pid <> pg_catalog.pg_backend_pid()
  AND (xact_start IS NOT NULL OR (state IS NULL AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)))
UNION ALL
SELECT NULL, gid, 'prepared', extract(epoch FROM pg_catalog.clock_timestamp() - prepared)::bigint
FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()
ORDER BY age DESC NULLS LAST
LIMIT 20
