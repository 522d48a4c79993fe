-- Foreign keys from and to a table, with the columns of this table that they use.
-- $1 table oid
SELECT conname, true AS from_here, confrelid::regclass::text, conkey, confupdtype
FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conrelid = $1::oid
UNION ALL
SELECT conname, false, conrelid::regclass::text, confkey, confupdtype
FROM pg_catalog.pg_constraint WHERE contype = 'f' AND confrelid = $1::oid
ORDER BY 1, 2
