-- Triggers of people (not of foreign keys) that a change by an ordinary session fires: those of the table, and row
-- triggers that partitions have of their own. A deletion fires them whatever columns they name for updates. Columns are numbered as in the table; the last column names partitions.
-- $1 table oid, $2 update or remove
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), fired AS (
  SELECT t.tgname, (t.tgtype & 1) <> 0 AS each_row,
         CASE WHEN (t.tgtype & 2) <> 0 THEN 'BEFORE' ELSE 'AFTER' END AS timing,
         t.tgfoid::regprocedure::text AS function,
         ARRAY(SELECT own.attnum
               FROM unnest(CASE WHEN $2 = 'update' THEN t.tgattr::int2[] END) k(attnum)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = k.attnum
               JOIN pg_catalog.pg_attribute own ON own.attrelid = $1::oid AND own.attname = a.attname
               ORDER BY 1) AS only_for_columns,
         CASE WHEN m.oid <> $1::oid THEN m.oid::regclass::text END AS partition
  FROM member m JOIN pg_catalog.pg_trigger t ON t.tgrelid = m.oid
  WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & CASE $2 WHEN 'update' THEN 16 ELSE 8 END) <> 0
    -- A partition's triggers for statements do not fire for a statement on the table above.
    AND (m.oid = $1::oid OR (t.tgparentid = 0 AND (t.tgtype & 1) <> 0))
)
SELECT tgname, each_row, timing, function, only_for_columns, array_remove(array_agg(partition ORDER BY partition), NULL)
FROM fired
GROUP BY tgname, each_row, timing, function, only_for_columns, partition IS NULL
ORDER BY tgname, 2, 3, 4
