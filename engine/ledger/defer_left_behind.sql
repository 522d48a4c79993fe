-- Lists rows that the sweep has found as deferred, so that they are revisited. $1 job id, $2 keys as a JSON array of arrays
INSERT INTO pgfill.skipped (job_id, range_id, key, state)
SELECT $1::bigint, (SELECT min(range_id) FROM pgfill.range WHERE job_id = $1::bigint),
       ARRAY(SELECT jsonb_array_elements_text(key)), 'deferred'
FROM jsonb_array_elements($2::jsonb) AS k(key)
ON CONFLICT (job_id, key) DO NOTHING
