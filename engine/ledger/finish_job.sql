-- Marks the job as done with its last phase, if every range is, by positions of the present file where it has any, in all the
-- partitions that there are, and no row is skipped. May be said again. $1 job id
WITH phase AS (
  UPDATE pgfill.phase AS p SET finished_at = coalesce(p.finished_at, clock_timestamp())
  FROM pgfill.job AS j
  WHERE j.id = $1::bigint AND p.job_id = j.id
    AND p.position = (SELECT coalesce(min(f.position) FILTER (WHERE f.finished_at IS NULL), max(f.position))
                      FROM pgfill.phase AS f WHERE f.job_id = j.id)
    AND NOT EXISTS (SELECT FROM pgfill.open_ranges(j.id)) AND NOT EXISTS (SELECT FROM pgfill.listed_rows(j.id))
    AND (NOT j.by_leaf OR j.leaves = pgfill.leaves_now(j.table_oid))
  RETURNING p.position
)
UPDATE pgfill.job AS j SET state = 'done', reason = '', finished_at = clock_timestamp()
FROM phase
WHERE j.id = $1::bigint
  AND phase.position = (SELECT max(l.position) FROM pgfill.phase AS l WHERE l.job_id = $1::bigint)
RETURNING (extract(epoch FROM finished_at - started_at) * 1000)::bigint AS took
