-- The leaf partitions of a table that this role may read by themselves: each with the table that it is a partition of,
-- whether that has a default partition, whether this role owns both, and whether something depends on it.
-- $1 table oid
WITH RECURSIVE member(oid, relkind, parent) AS (
  SELECT c.oid, c.relkind, NULL::oid FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind, m.oid
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
)
SELECT c.oid, n.nspname AS schema_name, c.relname AS name, pn.nspname AS parent_schema, p.relname AS parent_name,
       t.partdefid <> 0 AS beside_default, p.oid AS parent_oid,
       pg_has_role(c.relowner, 'USAGE') AND pg_has_role(p.relowner, 'USAGE') AS owned,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
               WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.deptype = 'n'
                 AND d.classid = 'pg_catalog.pg_rewrite'::regclass) AS depended_on
FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = m.parent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
JOIN pg_catalog.pg_partitioned_table t ON t.partrelid = p.oid
WHERE m.relkind = 'r' AND c.oid <> t.partdefid AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname, c.relname
