-- The upper end of the job's key space: the one upper bound that no other range goes on from. NULL: unbounded. $1 job id
SELECT upper_key FROM pgfill.range r
WHERE job_id = $1::bigint AND NOT EXISTS (
  SELECT 1 FROM pgfill.range s WHERE s.job_id = r.job_id AND s.lower_key = r.upper_key)
