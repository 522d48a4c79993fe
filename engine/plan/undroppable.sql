-- Why no partition of a table may be dropped instead of its rows being deleted: what would not learn of the deletion.
-- $1 table oid
WITH member AS (SELECT t.relid AS oid FROM pg_catalog.pg_partition_tree($1::oid::regclass) AS t)
SELECT 'foreign key ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass::text || ' refers to the table' AS reason
FROM pg_catalog.pg_constraint k
WHERE k.contype = 'f' AND k.confrelid IN (SELECT oid FROM member) AND k.conparentid = 0
UNION
SELECT 'trigger ' || quote_ident(t.tgname) || ' runs for deletions'
FROM pg_catalog.pg_trigger t
WHERE t.tgrelid IN (SELECT oid FROM member) AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 8 <> 0
UNION
SELECT 'publication ' || quote_ident(p.pubname) || ' tells its subscribers of deletions'
FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_tables t ON t.pubname = p.pubname
JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
WHERE p.pubdelete AND c.oid IN (SELECT oid FROM member)
ORDER BY 1
