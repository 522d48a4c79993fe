-- The leaf partitions of a partitioned table; no row for other tables. A leaf is published when it is listed itself or
-- any table above it is. Generated: columns that are computed in the leaf and ordinary in the table. Rows and pages are
-- estimated as in table.sql. The last columns say whether to name the leaf is another thing than to name the table.
-- $1 table oid, $2 update or remove
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), locked AS MATERIALIZED (
  -- Asking for the size of a file would wait.
  SELECT l.relation FROM pg_catalog.pg_locks l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
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
               AND a.attgenerated <> '' AND own.attgenerated = '') AS generated,
       c.oid::bigint, coalesce(CASE WHEN c.relpages > 0 AND c.reltuples >= 0 THEN round(c.reltuples / c.relpages * p.pages)
                                    ELSE p.pages * 60 END, 0)::bigint AS estimated_rows,
       coalesce(p.pages, 0) AS pages,
       EXISTS (SELECT FROM pg_catalog.pg_rewrite r
               WHERE r.ev_class = c.oid AND r.ev_enabled IN ('O', 'A')
                 AND r.ev_type = (CASE $2 WHEN 'update' THEN '2' ELSE '4' END)::"char") AS has_rule,
       EXISTS (SELECT FROM pg_catalog.pg_trigger t
               WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & 1) = 0
                 AND (t.tgtype & CASE $2 WHEN 'update' THEN 16 ELSE 8 END) <> 0) AS has_statement_trigger,
       c.relrowsecurity AND row_security_active(c.oid) AS row_security,
       has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, CASE $2 WHEN 'update' THEN 'UPDATE' ELSE 'DELETE' END)
         AS may_change
FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT CASE WHEN c.oid IN (SELECT relation FROM locked) THEN c.relpages
              WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::bigint END AS pages) AS p
WHERE m.relkind <> 'p' AND m.oid <> $1::oid
ORDER BY n.nspname, c.relname
