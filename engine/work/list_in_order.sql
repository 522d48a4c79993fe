-- For the rest of the transaction: the first rows of a list are read along its index. A list that the server believes to be
-- short it would read to its end, and sort, each time.
SELECT set_config('enable_sort', 'off', true)
