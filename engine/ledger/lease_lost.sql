-- Leases a range that is this runner's without its knowledge: the answer to a lease was lost on the way, or a failover
-- has taken back the range's end. $1 job id, $2 runner id, $3 the ranges that the runner knows of
UPDATE pgfill.range SET epoch = epoch + 1
WHERE job_id = $1::bigint AND range_id = (
  SELECT r.range_id FROM pgfill.range AS r
  WHERE r.job_id = $1::bigint AND NOT r.done AND r.runner_id = $2::bigint AND r.range_id <> ALL ($3::bigint[])
    AND NOT (SELECT l.gone FROM pgfill.relation AS l WHERE l.job_id = r.job_id AND l.relation_id = r.relation_id)
    AND EXISTS (SELECT 1 FROM pgfill.runner WHERE id = $2::bigint AND ended_at IS NULL)
  ORDER BY r.range_id LIMIT 1 FOR NO KEY UPDATE OF r)
RETURNING range_id, epoch, lower_key, upper_key, cursor_key, share, rows_walked, stripe, stripes, relation_id,
          (SELECT format('%I.%I', n.nspname, c.relname)
             FROM pgfill.relation AS l JOIN pg_class AS c ON c.oid = l.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE l.job_id = range.job_id AND l.relation_id = range.relation_id) AS relation_name,
          pgfill.relation_changes(job_id, relation_id) AS changes,
          pgfill.relation_key_changes(job_id, relation_id) AS key_changes
