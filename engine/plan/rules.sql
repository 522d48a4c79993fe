-- Rewrite rules that change what an UPDATE, or a DELETE, of the table does.
-- $1 table oid, $2 update or remove
SELECT rulename FROM pg_catalog.pg_rewrite
WHERE ev_class = $1::oid AND ev_type = (CASE $2 WHEN 'update' THEN '2' ELSE '4' END)::"char" AND ev_enabled IN ('O', 'A')
ORDER BY rulename
