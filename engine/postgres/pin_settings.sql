-- Pins what a transaction of the engine depends on, whatever the role, the database or a former client of a pooled
-- connection has set. All of it ends with the transaction.
-- $1 search_path, $2 statement_timeout ms, $3 lock_timeout ms, $4 synchronous_commit (NULL: as configured, but not off),
-- $5 what expressions mean under, as in session_settings.sql (NULL: what keys are written under)
SELECT set_config('search_path', $1, true),
       set_config('statement_timeout', $2, true),
       set_config('lock_timeout', $3, true),
       set_config('synchronous_commit', coalesce($4, nullif(current_setting('synchronous_commit'), 'off'), 'on'), true),
       set_config('idle_in_transaction_session_timeout', '30s', true),
       set_config('extra_float_digits', coalesce(($5::text[])[6], '3'), true),
       set_config('datestyle', coalesce(($5::text[])[2], 'ISO, MDY'), true),
       set_config('intervalstyle', coalesce(($5::text[])[3], 'postgres'), true),
       set_config('timezone', coalesce(($5::text[])[1], 'UTC'), true),
       set_config('bytea_output', coalesce(($5::text[])[4], 'hex'), true),
       set_config('lc_monetary', coalesce(($5::text[])[5], 'C'), true),
       CASE WHEN ($5::text[])[7] <> '' THEN set_config('default_text_search_config', ($5::text[])[7], true) END,
       CASE WHEN ($5::text[])[8] IS NOT NULL THEN set_config('lc_numeric', ($5::text[])[8], true) END,
       CASE WHEN ($5::text[])[9] IS NOT NULL THEN set_config('lc_time', ($5::text[])[9], true) END,
       CASE WHEN ($5::text[])[10] IS NOT NULL THEN set_config('xmloption', ($5::text[])[10], true) END,
       CASE WHEN ($5::text[])[11] IS NOT NULL THEN set_config('xmlbinary', ($5::text[])[11], true) END,
       CASE WHEN ($5::text[])[12] IS NOT NULL THEN set_config('transform_null_equals', ($5::text[])[12], true) END,
       set_config('array_nulls', 'on', true),
       set_config('row_security', 'off', true),
       set_config('standard_conforming_strings', 'on', true),
       set_config('enable_indexscan', 'on', true),
       set_config('enable_indexonlyscan', 'on', true),
       set_config('enable_tidscan', 'on', true),
       set_config('enable_seqscan', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('jit', 'off', true),
       -- Only newer servers have these.
       CASE WHEN current_setting('client_connection_check_interval', true) IS NOT NULL
            THEN set_config('client_connection_check_interval', '200ms', true) END,
       CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
            THEN set_config('transaction_timeout', '0', true) END
