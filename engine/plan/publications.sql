-- Publications that publish updates, or deletions, of the table, also by way of a partitioned parent, or of a leaf partition of it.
-- $1 table oid, $2 update or remove
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
)
SELECT DISTINCT p.pubname
FROM (SELECT oid FROM member UNION SELECT relid::oid FROM pg_partition_ancestors($1::oid)) related
JOIN pg_catalog.pg_class c ON c.oid = related.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname
JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname
WHERE CASE $2 WHEN 'update' THEN p.pubupdate ELSE p.pubdelete END
ORDER BY 1
