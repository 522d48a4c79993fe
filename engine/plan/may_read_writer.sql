-- Whether this role may see which transaction has written a row. $1 OID of the table
SELECT coalesce((SELECT has_column_privilege(a.attrelid, a.attnum, 'SELECT') FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = $1::oid AND a.attname = 'xmin'), false)
