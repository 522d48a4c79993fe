-- Leases the next free range: one that nobody holds, or whose holder is dead. Blocks behind the unfinished transaction of a
-- dead holder, then sees its cursor. Meanwhile this runner may have been replaced, and the range be another's: only what is
-- asked anew, with the range locked, tells. $1 job id, $2 runner id
UPDATE pgfill.range SET epoch = epoch + 1, runner_id = $2::bigint
WHERE job_id = $1::bigint AND range_id = (
  SELECT range_id FROM pgfill.range
  WHERE job_id = $1::bigint AND NOT done AND pgfill.is_free(runner_id, $2::bigint)
    AND EXISTS (SELECT 1 FROM pgfill.runner WHERE id = $2::bigint AND ended_at IS NULL)
  ORDER BY range_id LIMIT 1 FOR NO KEY UPDATE)
  AND pgfill.is_present($2::bigint)
RETURNING range_id, epoch, lower_key, upper_key, cursor_key, share, rows_walked, stripe, stripes
