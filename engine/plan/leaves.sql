-- The leaf partitions of a partitioned table; no row for other tables. A leaf is published when it is listed itself or
-- any table above it is. Generated: columns that are computed in the leaf and ordinary in the table.
-- $1 table oid, $2 update or remove
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), published AS MATERIALIZED (
  SELECT c.oid, c.relkind
  FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_tables t ON t.pubname = p.pubname
  JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
  WHERE CASE $2 WHEN 'update' THEN p.pubupdate ELSE p.pubdelete END AND (c.oid IN (SELECT m.oid FROM member m)
                         OR c.oid IN (SELECT relid::oid FROM pg_partition_ancestors($1::oid)))
)
SELECT n.nspname, c.relname, c.relkind, c.relpersistence,
       c.oid IN (SELECT oid FROM published) OR EXISTS (SELECT FROM published WHERE relkind = 'p') AS published,
       c.relreplident = 'f'
         OR EXISTS (SELECT FROM pg_catalog.pg_index i
                    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
                      AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident))
         AS has_identity,
       ARRAY(SELECT own.attname::text
             FROM pg_catalog.pg_attribute a
             JOIN pg_catalog.pg_attribute own ON own.attrelid = $1::oid AND own.attname = a.attname
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND a.attgenerated <> '' AND own.attgenerated = '') AS generated
FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE m.relkind <> 'p' AND m.oid <> $1::oid
ORDER BY n.nspname, c.relname
