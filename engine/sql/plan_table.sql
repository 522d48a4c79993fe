-- The table that a name means to this session, with its size and statistics.
-- $1 the name, quoted where needed. No row: no such relation is visible.
-- Sizes are taken from the file system unless somebody holds or awaits ACCESS EXCLUSIVE: asking would then block.
-- The row estimate is the planner's: rows per page as last counted, times the pages of now; a table that was never
-- counted is assumed to be full of rows as wide as its types suggest.
WITH target AS MATERIALIZED (
  SELECT c.*, n.nspname,
         EXISTS (SELECT FROM pg_catalog.pg_locks l
                 WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'AccessExclusiveLock'
                   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                   AND l.pid IS DISTINCT FROM pg_backend_pid()) AS locked,
         coalesce((SELECT option_value::int FROM pg_options_to_table(c.reloptions)
                   WHERE option_name = 'fillfactor'), 100) AS fillfactor,
         current_setting('block_size')::bigint AS block_size
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = to_regclass($1)::oid
), sized AS MATERIALIZED (
  SELECT t.*,
         CASE WHEN t.locked THEN t.relpages * t.block_size ELSE pg_relation_size(t.oid) END AS heap_bytes,
         CASE WHEN t.locked THEN 0 ELSE pg_indexes_size(t.oid) END AS index_bytes
  FROM target t
)
SELECT s.oid, s.nspname, s.relname, s.relkind, s.relpersistence,
       CASE WHEN s.relpages > 0 AND s.reltuples >= 0
            THEN round(s.reltuples / s.relpages * (s.heap_bytes / s.block_size))
            ELSE s.heap_bytes / s.block_size *
                 floor((s.block_size - 24) * s.fillfactor / 100.0 /
                       (28 + (SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0)
                              FROM pg_catalog.pg_attribute a
                              WHERE a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped)))
       END::bigint AS estimated_rows,
       s.heap_bytes, s.index_bytes, s.fillfactor,
       EXISTS (SELECT FROM pg_catalog.pg_stats p
               WHERE p.schemaname = s.nspname AND p.tablename = s.relname AND NOT p.inherited) AS analyzed,
       s.heap_bytes / s.block_size AS pages,
       s.relreplident,
       EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = s.oid) AS has_children,
       s.oid < 16384 OR s.nspname IN ('pg_catalog', 'information_schema', 'pg_toast') AS is_system,
       row_security_active(s.oid) AS row_security,
       pg_has_role(s.relowner, 'USAGE') AS is_owner,
       ARRAY(SELECT format('%I.%I', ln.nspname, l.relname)
             FROM pg_partition_tree(s.oid) tree
             JOIN pg_catalog.pg_class l ON l.oid = tree.relid
             JOIN pg_catalog.pg_namespace ln ON ln.oid = l.relnamespace
             WHERE tree.isleaf AND s.relkind = 'p' ORDER BY 1) AS leaves
FROM sized s
