-- Foreign keys from and to a table, or from and to a partition of it alone, with the columns that they use, by their
-- numbers in the table, and those of the other table by its own numbers.
-- $1 table oid
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), used AS (
  SELECT f.conname, true AS from_here, f.confrelid::regclass::text AS other, f.conrelid AS relid, f.conkey AS columns,
         f.confupdtype, f.confdeltype, f.confkey AS there, f.conrelid = f.confrelid AS to_itself
  FROM member m JOIN pg_catalog.pg_constraint f ON f.conrelid = m.oid
  -- A key that is not enforced does nothing; older servers have none.
  WHERE f.contype = 'f' AND coalesce(pg_catalog.to_jsonb(f) ->> 'conenforced', 'true') = 'true' AND (m.oid = $1::oid OR f.conparentid = 0)
  UNION ALL
  SELECT f.conname, false, f.conrelid::regclass::text, f.confrelid, f.confkey, f.confupdtype, f.confdeltype,
         f.conkey, f.conrelid = f.confrelid
  FROM member m JOIN pg_catalog.pg_constraint f ON f.confrelid = m.oid
  WHERE f.contype = 'f' AND coalesce(pg_catalog.to_jsonb(f) ->> 'conenforced', 'true') = 'true' AND (m.oid = $1::oid OR f.conparentid = 0)
)
SELECT conname, from_here, other,
       ARRAY(SELECT own.attnum
             FROM unnest(u.columns) WITH ORDINALITY k(attnum, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = u.relid AND a.attnum = k.attnum
             JOIN pg_catalog.pg_attribute own ON own.attrelid = $1::oid AND own.attname = a.attname
             ORDER BY k.place), confupdtype, there, to_itself, confdeltype
FROM used u
ORDER BY 1, 2, 3
