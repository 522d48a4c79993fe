-- For the rest of the transaction: what is read between two keys is read by a bitmap scan, which asks for pages ahead of
-- the one it is at. Not on a platform that cannot, or where a person has switched that off (0).
SELECT set_config('enable_indexscan', 'off', true),
       set_config('enable_indexonlyscan', 'off', true),
       set_config('enable_bitmapscan', 'on', true),
       CASE WHEN current_setting('effective_io_concurrency')::int BETWEEN 1 AND 63
            THEN set_config('effective_io_concurrency', '64', true) END
