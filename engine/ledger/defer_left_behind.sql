-- Lists rows that the sweep has found as deferred, so that they are revisited. $1 job id, $2 rows as JSON:
-- [[relation id, [key …]], …]
WITH first AS (
  SELECT relation_id, min(range_id) AS range_id FROM pgfill.range WHERE job_id = $1::bigint GROUP BY relation_id
)
INSERT INTO pgfill.skipped (job_id, relation_id, range_id, key, state)
SELECT $1::bigint, f.relation_id, f.range_id, ARRAY(SELECT jsonb_array_elements_text(r.found -> 1)), 'deferred'
FROM jsonb_array_elements($2::jsonb) AS r (found)
JOIN first AS f ON f.relation_id = (r.found ->> 0)::bigint
ON CONFLICT (job_id, relation_id, key) DO NOTHING
