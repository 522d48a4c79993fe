-- Leases a range that is this runner's without its knowledge: the answer to a lease was lost on the way, or a failover
-- has taken back the range's end. $1 job id, $2 runner id, $3 the ranges that the runner knows of
UPDATE pgfill.range SET epoch = epoch + 1
WHERE job_id = $1::bigint AND range_id = (
  SELECT range_id FROM pgfill.range
  WHERE job_id = $1::bigint AND NOT done AND runner_id = $2::bigint AND range_id <> ALL ($3::bigint[])
    AND EXISTS (SELECT 1 FROM pgfill.runner WHERE id = $2::bigint AND ended_at IS NULL)
  ORDER BY range_id LIMIT 1 FOR NO KEY UPDATE)
RETURNING range_id, epoch, lower_key, upper_key, cursor_key, share, rows_walked, stripe, stripes
