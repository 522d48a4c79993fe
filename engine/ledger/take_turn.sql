-- Of a job no batch of which may run beside another one: waits for the batches of all ranges, as the fence does. Where the
-- snapshot is older than what they have committed it fails (40001): a lock alone would not. $1 job id
UPDATE pgfill.job SET one_at_a_time = one_at_a_time WHERE id = $1::bigint AND one_at_a_time <> ''
