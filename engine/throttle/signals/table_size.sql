-- Bytes of the table with its partitions, indexes and TOAST tables.
-- $1 OID of the table
SELECT coalesce(sum(pg_total_relation_size(t.oid)), 0)::bigint
FROM (SELECT $1::oid AS oid UNION SELECT p.relid FROM pg_partition_tree($1::oid) AS p) AS t
