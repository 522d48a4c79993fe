-- How the order of a column goes with the physical order. $1 OID of the table, $2 column
SELECT s.correlation
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited
WHERE c.oid = $1::oid AND s.attname = $2
