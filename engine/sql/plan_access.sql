-- Who plans, where, and whether the ledger is there or can be made.
SELECT current_user, current_database(),
       n.oid IS NOT NULL AS ledger_exists,
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false) AS ledger_usage,
       has_database_privilege(current_database(), 'CREATE') AS may_create,
       -- How many locks the server's lock table is made for.
       current_setting('max_locks_per_transaction')::bigint *
         (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint) AS lock_room
FROM (SELECT to_regnamespace('pgfill')::oid AS oid) n
