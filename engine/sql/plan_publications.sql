-- Publications that publish updates of the table, also by way of a partitioned parent.
-- $1 table oid
SELECT DISTINCT p.pubname
FROM (SELECT $1::oid AS relid UNION SELECT relid::oid FROM pg_partition_ancestors($1::oid)) member
JOIN pg_catalog.pg_class c ON c.oid = member.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname
JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname
WHERE p.pubupdate
ORDER BY 1
