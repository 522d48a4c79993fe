-- The first listed row of a relation in a state, above a key in the order of the list. $1 job id, $2 relation id, $3 state,
-- $4 key or NULL
SELECT key, range_id FROM pgfill.skipped
WHERE job_id = $1::bigint AND relation_id = $2::bigint AND state = $3 AND ($4::text[] IS NULL OR key > $4::text[])
ORDER BY key LIMIT 1
