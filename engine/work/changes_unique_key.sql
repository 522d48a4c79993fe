-- Whether an update of these columns takes the stronger lock, which waits for foreign key checks too: it does when one
-- of them is in a unique index that a foreign key could refer to. $1 table oid, $2 column names
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
  WHERE (i.indrelid = $1::oid OR i.indrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree($1::oid::regclass)))
    AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND a.attname = ANY ($2::text[]::name[]))
