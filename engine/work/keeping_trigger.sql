-- Whether a row trigger of a table, or of a partition of it, runs before a deletion and so may keep the row.
-- $1 OID of the table
SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t
               WHERE (t.tgrelid = $1::oid OR t.tgrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree($1::oid) AS p))
                 AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & 11) = 11)
