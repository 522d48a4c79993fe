-- Leases a range of this runner anew: after a failure its cursor must be read again, under a new epoch that fences
-- whatever is still in flight. $1 job id, $2 runner id, $3 range id
UPDATE pgfill.range SET epoch = epoch + 1
WHERE job_id = $1::bigint AND range_id = $3::bigint AND runner_id = $2::bigint AND NOT done
  AND EXISTS (SELECT 1 FROM pgfill.runner WHERE id = $2::bigint AND ended_at IS NULL)
  AND NOT EXISTS (SELECT FROM pgfill.relation AS l
                  WHERE l.job_id = range.job_id AND l.relation_id = range.relation_id AND l.gone)
RETURNING range_id, epoch, lower_key, upper_key, cursor_key, share, rows_walked, stripe, stripes, relation_id,
          (SELECT format('%I.%I', n.nspname, c.relname)
             FROM pgfill.relation AS l JOIN pg_class AS c ON c.oid = l.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE l.job_id = range.job_id AND l.relation_id = range.relation_id) AS relation_name,
          pgfill.relation_changes(job_id, relation_id) AS changes,
          pgfill.relation_key_changes(job_id, relation_id) AS key_changes
