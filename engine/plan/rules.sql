-- Rewrite rules that change what an UPDATE of the table does.
-- $1 table oid
SELECT rulename FROM pg_catalog.pg_rewrite
WHERE ev_class = $1::oid AND ev_type = '2' AND ev_enabled IN ('O', 'A')
ORDER BY rulename
