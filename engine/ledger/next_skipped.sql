-- The first listed row of a job in a state, above a key in the order of the list. $1 job id, $2 state, $3 key or NULL
SELECT key, range_id FROM pgfill.skipped
WHERE job_id = $1::bigint AND state = $2 AND ($3::text[] IS NULL OR key > $3::text[])
ORDER BY key LIMIT 1
