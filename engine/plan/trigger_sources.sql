-- The functions that triggers of people run when a table or its partitions are changed: name, language and source.
-- $1 table oid, $2 update or remove
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
)
SELECT DISTINCT t.tgname, l.lanname, p.prosrc
FROM member m JOIN pg_catalog.pg_trigger t ON t.tgrelid = m.oid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & CASE $2 WHEN 'update' THEN 16 ELSE 8 END) <> 0
ORDER BY t.tgname
