-- The table that a name means to this session, with its size and statistics; a partitioned table is measured by its
-- leaves, which hold its rows.
-- $1 the name, quoted where needed. No row: no such relation is visible.
-- Sizes are taken from the file system unless somebody holds or awaits ACCESS EXCLUSIVE: asking would then block.
-- The row estimate is the planner's: rows per page as last counted, times the pages of now; a table that was never
-- counted is assumed to be full of rows as wide as its types suggest.
WITH RECURSIVE target AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, c.relreplident, c.relowner
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass($1)::oid
), member(oid, relkind) AS (
  SELECT t.oid, t.relkind FROM target t
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), storage AS MATERIALIZED (
  SELECT c.oid, c.relname, c.relnamespace, c.relpages, c.reltuples, c.reltoastrelid,
         EXISTS (SELECT FROM pg_catalog.pg_locks l
                 WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'AccessExclusiveLock'
                   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                   AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()) AS locked,
         coalesce((SELECT option_value::int FROM pg_options_to_table(c.reloptions)
                   WHERE option_name = 'fillfactor'), 100) AS fillfactor,
         current_setting('block_size')::bigint AS block_size
  FROM member m JOIN pg_catalog.pg_class c ON c.oid = m.oid
  WHERE m.relkind <> 'p'
), sized AS MATERIALIZED (
  SELECT s.*,
         CASE WHEN s.locked THEN s.relpages * s.block_size ELSE pg_relation_size(s.oid) END AS heap_bytes,
         CASE WHEN s.locked THEN 0 ELSE pg_indexes_size(s.oid) END AS index_bytes,
         CASE WHEN s.locked OR s.reltoastrelid = 0 THEN 0 ELSE pg_relation_size(s.reltoastrelid) END AS toast_bytes
  FROM storage s
), counted AS MATERIALIZED (
  SELECT CASE WHEN s.relpages > 0 AND s.reltuples >= 0
              THEN round(s.reltuples / s.relpages * (s.heap_bytes / s.block_size))
              ELSE s.heap_bytes / s.block_size *
                   floor((s.block_size - 24) * s.fillfactor / 100.0 /
                         (28 + (SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0)
                                FROM pg_catalog.pg_attribute a
                                WHERE a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped)))
         END::bigint AS estimated_rows,
         s.heap_bytes, s.index_bytes, s.toast_bytes, s.fillfactor, s.heap_bytes / s.block_size AS pages
  FROM sized s
), total AS (
  SELECT coalesce(sum(estimated_rows), 0)::bigint AS estimated_rows, coalesce(sum(heap_bytes), 0)::bigint AS heap_bytes,
         coalesce(sum(index_bytes), 0)::bigint AS index_bytes, coalesce(max(fillfactor), 100) AS fillfactor,
         coalesce(sum(pages), 0)::bigint AS pages, coalesce(sum(toast_bytes), 0)::bigint AS toast_bytes
  FROM counted
)
SELECT t.oid, t.nspname, t.relname, t.relkind, t.relpersistence, s.estimated_rows, s.heap_bytes, s.index_bytes,
       s.fillfactor,
       EXISTS (SELECT FROM pg_catalog.pg_stats p WHERE p.schemaname = t.nspname AND p.tablename = t.relname
                                                   AND p.inherited = (t.relkind = 'p'))
         OR EXISTS (SELECT FROM storage r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
                    JOIN pg_catalog.pg_stats p ON p.schemaname = n.nspname AND p.tablename = r.relname
                    WHERE NOT p.inherited) AS analyzed,
       s.pages, t.relreplident,
       EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = t.oid) AS has_children,
       t.oid < 16384 OR t.nspname IN ('pg_catalog', 'information_schema', 'pg_toast') AS is_system,
       row_security_active(t.oid) AS row_security,
       pg_has_role(t.relowner, 'USAGE') AS is_owner,
       -- Of every level: a unique key must contain them all. 0: an expression.
       ARRAY(SELECT DISTINCT coalesce(own.attnum, 0)
             FROM member m JOIN pg_catalog.pg_partitioned_table d ON d.partrelid = m.oid
             CROSS JOIN unnest(d.partattrs) AS by(attnum)
             LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = m.oid AND a.attnum = by.attnum
             LEFT JOIN pg_catalog.pg_attribute own ON own.attrelid = t.oid AND own.attname = a.attname
             ORDER BY 1) AS partition_columns,
       s.toast_bytes,
       -- By the owner; from PostgreSQL 17 on by MAINTAIN, too.
       pg_has_role(t.relowner, 'USAGE')
         OR EXISTS (SELECT FROM pg_catalog.pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                    WHERE c.oid = t.oid AND a.privilege_type = 'MAINTAIN'
                      AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE')))
         OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'pg_maintain' AND pg_has_role(r.oid, 'USAGE'))
         AS may_vacuum
FROM target t CROSS JOIN total s
