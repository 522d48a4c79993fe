-- Bytes of a row of a table with its partitions: in the table, and in TOAST when a value of these columns may lie there.
-- Also the table whose writes tell how much a batch has written out of line; 0: none, or partitions have theirs.
-- $1 OID of the table, $2 columns that are set, $3 rows by estimate
WITH files AS (
  SELECT c.oid, c.reltoastrelid FROM pg_catalog.pg_class AS c
  WHERE c.oid = $1::oid OR c.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree($1::oid) AS t WHERE t.isleaf)
), may AS (
  SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = $1::oid AND a.attname = ANY ($2::text[]) AND NOT a.attisdropped
                   AND a.attlen = -1 AND a.attstorage <> 'p') AS toast
)
SELECT coalesce(sum(pg_catalog.pg_relation_size(f.oid)
                    + CASE WHEN may.toast AND f.reltoastrelid <> 0
                           THEN pg_catalog.pg_relation_size(f.reltoastrelid) ELSE 0 END), 0)::float8
         / greatest($3::float8, 1),
       CASE WHEN may.toast THEN (SELECT c.reltoastrelid FROM pg_catalog.pg_class AS c WHERE c.oid = $1::oid)
            ELSE 0::oid END
FROM files AS f, may
GROUP BY may.toast
