-- What stands before the scripts that install the ledger: all of them or none, and one at a time. They depend on no setting
-- of the role or the database.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL default_table_access_method = heap;
SET LOCAL default_tablespace = '';
SET LOCAL check_function_bodies = on;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SELECT set_config('transaction_timeout', '0', true) WHERE current_setting('transaction_timeout', true) IS NOT NULL;
SELECT pg_advisory_xact_lock(hashtext('pgfill ledger'));
