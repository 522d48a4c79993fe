-- Leases the next free range: one that nobody holds, or whose holder is dead. Blocks behind the unfinished transaction of a
-- dead holder, then sees its cursor. Meanwhile this runner may have been replaced, and the range be another's: only what is
-- asked anew, with the range locked, tells. `changes`: of its relation, in words. $1 job id, $2 runner id
UPDATE pgfill.range SET epoch = epoch + 1, runner_id = $2::bigint
WHERE job_id = $1::bigint AND range_id = (SELECT pgfill.next_range($1::bigint, $2::bigint))
  AND pgfill.is_present($2::bigint)
RETURNING range_id, epoch, lower_key, upper_key, cursor_key, share, rows_walked, stripe, stripes, relation_id,
          (SELECT format('%I.%I', n.nspname, c.relname)
             FROM pgfill.relation AS l JOIN pg_class AS c ON c.oid = l.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE l.job_id = range.job_id AND l.relation_id = range.relation_id) AS relation_name,
          pgfill.relation_changes(job_id, relation_id) AS changes,
          pgfill.relation_key_changes(job_id, relation_id) AS key_changes
