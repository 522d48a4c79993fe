-- Rows inserted into a table and its partitions since the server counts, by whomever. $1 OID of the table
SELECT coalesce(sum(pg_stat_get_tuples_inserted(m.relid)), 0) AS inserted
FROM (SELECT $1::oid AS relid UNION SELECT t.relid FROM pg_partition_tree($1::oid) AS t) AS m
