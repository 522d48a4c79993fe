-- Foreign keys that a deletion from a table meets, and those that the deletions meet which they carry on (ON DELETE
-- CASCADE): whose they are, what they do, about how many rows that table has, and whether an index that begins with the
-- columns of the key finds the rows that refer to one. Keys of partitions count as their table's.
-- $1 table oid
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), met(key, child, action, depth, parent) AS (
  SELECT k.oid, k.conrelid, k.confdeltype, 1, k.confrelid
  FROM member m JOIN pg_catalog.pg_constraint k ON k.confrelid = m.oid
  -- A key that is not enforced does nothing; older servers have none.
  WHERE k.contype = 'f' AND coalesce(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true'
    AND (k.confrelid = $1::oid OR k.conparentid = 0)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint up WHERE up.oid = k.conparentid AND up.confrelid = k.confrelid)
  UNION
  SELECT k.oid, k.conrelid, k.confdeltype, met.depth + 1, k.confrelid
  FROM met JOIN pg_catalog.pg_constraint k ON k.confrelid = met.child
  WHERE met.action = 'c' AND k.contype = 'f' AND coalesce(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true' AND k.conparentid = 0 AND met.depth < 16 AND met.child <> met.parent
), known AS (
  SELECT key, child, action, min(depth) AS depth FROM met GROUP BY key, child, action
), leaf(child, oid) AS (
  SELECT DISTINCT k.child, c.oid
  FROM known k
  CROSS JOIN LATERAL (SELECT k.child AS oid UNION SELECT t.relid FROM pg_catalog.pg_partition_tree(k.child) AS t) AS a
  JOIN pg_catalog.pg_class c ON c.oid = a.oid AND c.relkind <> 'p'
), size AS (
  -- Of a table without statistics by its size, with rows as short as they get.
  SELECT l.child, sum(CASE WHEN c.reltuples < 0 OR c.relpages = 0 THEN pg_catalog.pg_relation_size(c.oid) / 40.0
                           ELSE c.reltuples / c.relpages
                                * (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::float8) END)
           AS rows
  FROM leaf l JOIN pg_catalog.pg_class c ON c.oid = l.oid GROUP BY l.child
)
SELECT con.conname, n.nspname, c.relname, known.action, coalesce(size.rows, 0)::bigint,
       NOT EXISTS (
         SELECT FROM leaf l WHERE l.child = known.child AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_index i
           JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = x.relam
           WHERE i.indrelid = l.oid AND i.indisvalid AND am.amname IN ('btree', 'hash')
             AND i.indnkeyatts >= cardinality(con.conkey)
             -- The first columns of the index are those of the key, in any order, by their names: leaves number their own.
             AND (SELECT count(DISTINCT a.attname)
                  FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                  WHERE k.place <= cardinality(con.conkey)
                    AND a.attname IN (SELECT own.attname FROM pg_catalog.pg_attribute own
                                      WHERE own.attrelid = con.conrelid AND own.attnum = ANY (con.conkey)))
                 = cardinality(con.conkey)
             -- Rows that refer to nothing need not be in it.
             AND (i.indpred IS NULL
                  OR pg_catalog.pg_get_expr(i.indpred, i.indrelid) IN (
                    SELECT format('(%I IS NOT NULL)', own.attname) FROM pg_catalog.pg_attribute own
                    WHERE own.attrelid = con.conrelid AND own.attnum = ANY (con.conkey))))),
       ARRAY(SELECT own.attname::text FROM unnest(con.conkey) WITH ORDINALITY AS k(number, place)
             JOIN pg_catalog.pg_attribute own ON own.attrelid = con.conrelid AND own.attnum = k.number ORDER BY k.place),
       known.depth, known.child = $1::oid,
       ARRAY(SELECT there.attname::text FROM unnest(con.confkey) WITH ORDINALITY AS k(number, place)
             JOIN pg_catalog.pg_attribute there ON there.attrelid = con.confrelid AND there.attnum = k.number
             ORDER BY k.place)
FROM known JOIN pg_catalog.pg_constraint con ON con.oid = known.key
JOIN pg_catalog.pg_class c ON c.oid = known.child JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN size ON size.child = known.child
ORDER BY known.depth, n.nspname, c.relname, con.conname
