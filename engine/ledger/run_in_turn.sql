-- Notes why no batch of the job may run beside another one (empty: they may). Waits for the batches that are under way: they
-- began under the former rule. $1 job id, $2 why
WITH under_way AS MATERIALIZED (
  SELECT range_id FROM pgfill.range WHERE job_id = $1::bigint ORDER BY range_id FOR NO KEY UPDATE
)
UPDATE pgfill.job SET one_at_a_time = $2 WHERE id = $1::bigint AND (SELECT count(*) FROM under_way) >= 0
