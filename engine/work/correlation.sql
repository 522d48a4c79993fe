-- How the order of a column goes with that of the heap. The view is asked by names, which it looks up. $1 OID of the table,
-- $2 column
SELECT s.correlation
FROM pg_catalog.pg_stats s
WHERE s.tablename = (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = $1::oid)
  AND s.schemaname = (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                      WHERE c.oid = $1::oid)
  AND s.attname = $2 AND NOT s.inherited
