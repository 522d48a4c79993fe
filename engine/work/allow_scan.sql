-- Lets this transaction read the whole table in its physical order, and gives its statements time. $1 milliseconds
SELECT set_config('enable_seqscan', 'on', true), set_config('statement_timeout', $1, true)
