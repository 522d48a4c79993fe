-- Forgets transactions of jobs that are done or gone, some at a time; answers how many. $1 at most
WITH forgotten AS (
  DELETE FROM pgfill.change WHERE ctid = ANY (ARRAY(
    SELECT c.ctid FROM pgfill.change AS c
    WHERE NOT EXISTS (SELECT FROM pgfill.job AS j WHERE j.id = c.job_id AND j.state <> 'done') LIMIT $1::bigint))
  RETURNING 1
)
SELECT count(*) AS forgotten FROM forgotten
