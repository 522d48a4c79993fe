-- How the order of a column goes with that of each leaf partition's file, of those with statistics. One after the other:
-- joined, the view might be read as a whole for each of them.
-- $1 OIDs of the leaves, $2 column
SELECT c.oid::bigint, s.correlation
FROM unnest($1::oid[]) AS l(oid) JOIN pg_catalog.pg_class c ON c.oid = l.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT p.correlation FROM pg_catalog.pg_stats p
  WHERE p.schemaname = n.nspname AND p.tablename = c.relname AND p.attname = $2 AND NOT p.inherited OFFSET 0) AS s
