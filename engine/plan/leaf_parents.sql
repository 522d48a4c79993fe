-- The leaf partitions of a table that this role may read by themselves, each with the table that it is a partition of, and whether that has a default partition.
-- $1 table oid
WITH RECURSIVE member(oid, relkind, parent) AS (
  SELECT c.oid, c.relkind, NULL::oid FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind, m.oid
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
)
SELECT n.nspname, c.relname, pn.nspname, p.relname, t.partdefid <> 0
FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = m.parent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
JOIN pg_catalog.pg_partitioned_table t ON t.partrelid = p.oid
WHERE m.relkind = 'r' AND c.oid <> t.partdefid AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname, c.relname
