-- The columns of a table with their numbers, and whether it is a plain one, without partitions. $1 OID of the table
SELECT coalesce(array_agg(a.attname ORDER BY a.attnum), '{}'), coalesce(array_agg(a.attnum ORDER BY a.attnum), '{}'),
       (SELECT relkind = 'r' FROM pg_class WHERE oid = $1::oid)
FROM pg_attribute AS a WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
