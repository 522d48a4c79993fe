-- The indexes of a partitioned table's leaves: the index of the table that each belongs to, or empty for an index of
-- the leaf alone, and then the columns whose change touches it, by their numbers in the table.
-- $1 table oid
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), family(root, oid) AS (
  SELECT i.indexrelid, i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = $1::oid
  UNION ALL
  SELECT f.root, h.inhrelid FROM family f JOIN pg_catalog.pg_inherits h ON h.inhparent = f.oid
)
SELECT n.nspname, c.relname, coalesce(root.relname, ''), am.amname,
       CASE WHEN root.oid IS NULL THEN ARRAY(
         SELECT own.attnum
         FROM pg_catalog.pg_attribute a
         JOIN pg_catalog.pg_attribute own ON own.attrelid = $1::oid AND own.attname = a.attname
         WHERE a.attrelid = i.indrelid AND a.attnum > 0
           AND (a.attnum = ANY (i.indkey)
                OR EXISTS (SELECT FROM pg_catalog.pg_depend d
                           WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                             AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                             AND d.refobjsubid = a.attnum)))
       END AS touched_by,
       i.indrelid::bigint AS leaf
FROM member m
JOIN pg_catalog.pg_index i ON i.indrelid = m.oid
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN family f ON f.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_class root ON root.oid = f.root
WHERE m.relkind <> 'p' AND m.oid <> $1::oid
ORDER BY 1, 2
