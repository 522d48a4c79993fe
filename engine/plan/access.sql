-- Who plans, where, whether the ledger is there or can be made, whether the sweep may ask who wrote a row,
-- and whether rows may be deleted.
-- $1 table oid
SELECT current_user, current_database(),
       n.oid IS NOT NULL AS ledger_exists,
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false) AS ledger_usage,
       has_database_privilege(current_database(), 'CREATE') AS may_create,
       -- How many locks the server's lock table is made for.
       current_setting('max_locks_per_transaction')::bigint *
         (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint) AS lock_room,
       -- A grant on single columns does not give the system columns. A view has none.
       coalesce((SELECT has_column_privilege(a.attrelid, a.attnum, 'SELECT') FROM pg_catalog.pg_attribute a
                 WHERE a.attrelid = $1::oid AND a.attname = 'xmin'), true) AS may_read_xmin,
       coalesce(has_table_privilege($1::oid, 'DELETE'), false) AS may_delete
FROM (SELECT to_regnamespace('pgfill')::oid AS oid) n
