-- Marks the job as done with its last phase, if every range is, by positions of the present file where it has any, and no
-- row is skipped. May be said again. $1 job id
WITH phase AS (
  UPDATE pgfill.phase AS p SET finished_at = coalesce(p.finished_at, clock_timestamp())
  FROM pgfill.job AS j
  WHERE j.id = $1::bigint AND p.job_id = j.id
    AND p.position = (SELECT coalesce(min(f.position) FILTER (WHERE f.finished_at IS NULL), max(f.position))
                      FROM pgfill.phase AS f WHERE f.job_id = j.id)
    AND NOT EXISTS (SELECT 1 FROM pgfill.range AS r
                    WHERE r.job_id = j.id AND (NOT r.done OR r.filenode <> pg_relation_filenode(j.table_oid)))
    AND NOT EXISTS (SELECT 1 FROM pgfill.skipped AS s WHERE s.job_id = j.id)
  RETURNING p.position
)
UPDATE pgfill.job AS j SET state = 'done', reason = '', finished_at = clock_timestamp()
FROM phase
WHERE j.id = $1::bigint
  AND phase.position = (SELECT max(l.position) FROM pgfill.phase AS l WHERE l.job_id = $1::bigint)
RETURNING (extract(epoch FROM finished_at - started_at) * 1000)::bigint AS took
