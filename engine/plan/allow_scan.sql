-- The whole table is read in any case, in the rest of the transaction.
SELECT set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true)
